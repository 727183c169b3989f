import Bytes
import Glibc
import Synchronization
import Testing

@testable import Reactor

@Suite("Who waits in a crowd")
struct PatienceTests {
    /// Notes who was heard in which order; a newcomer takes a millisecond, as a TLS handshake does.
    private final class Listener: ConnectionHandler {
        let number: Int
        let isNewcomer: Bool
        let note: (String) -> Void

        init(_ number: Int, isNewcomer: Bool, _ note: @escaping (String) -> Void) {
            self.number = number
            self.isNewcomer = isNewcomer
            self.note = note
        }

        func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
            note("\(number):\(bytes.count)")
            guard isNewcomer else { return }
            let end = MonotonicClock.nanoseconds() + LoopBudget.patientNanoseconds
            while MonotonicClock.nanoseconds() < end {}
        }
        func connectionPeerFinished() { note("\(number):end") }
        func connectionDrained() {}
        func connectionClosed(_ reason: DisconnectReason) {}
    }

    private static func pair() -> (here: CInt, there: CInt) {
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        _ = unsafe socketpair(AF_UNIX, type, 0, &ends)
        return (ends[0], ends[1])
    }

    /// Connections with something to say, of which the last one is no newcomer.
    ///
    /// - Parameter ending: Whether the newcomers' peers have closed behind their bytes.
    /// - Returns: What was heard, in order.
    private static func hear(_ count: Int, ending: Bool, awaiting: Int) async throws -> [String] {
        let group = try EventLoopGroup(count: 1)
        let (stream, heard) = AsyncStream<String>.makeStream()
        let peers = Mutex<[CInt]>([])
        try await group.start { loop in
            let peer = try #require(SocketAddress(path: "/peer"))
            var kept: [AnyObject] = []
            for number in 0..<count {
                let isLast = number == count - 1
                let (here, there) = pair()
                let connection = try Connection(FileDescriptor(owning: here), peer: peer, on: loop)
                connection.isNewcomer = !isLast && !ending
                connection.handler = Listener(number, isNewcomer: !isLast) { heard.yield($0) }
                _ = unsafe write(there, "hello", 5)
                if ending, !isLast { _ = close(there) } else { peers.withLock { $0.append(there) } }
                kept.append(connection)
            }
            loop.keep(kept)
        }
        var all: [String] = []
        for await word in stream {
            all.append(word)
            if all.count == awaiting { break }
        }
        group.stop()
        for peer in peers.withLock({ $0 }) { _ = close(peer) }
        return all
    }

    @Test(
        "of a crowd of newcomers a few are served in a turn, and who is in conversation is not kept waiting")
    func newcomers() async throws {
        let count = 150
        let heard = try await PatienceTests.hear(count, ending: false, awaiting: count)
        let place = try #require(heard.firstIndex(of: "\(count - 1):5"))
        #expect(place <= LoopBudget.patientMinimum)
        // Everybody is heard, once, in the order of their coming.
        let others = heard.filter { $0 != "\(count - 1):5" }
        #expect(others == (0..<count - 1).map { "\($0):5" })
    }

    @Test("so do ends wait, and what was said before them is heard first")
    func ends() async throws {
        let count = 60
        let heard = try await PatienceTests.hear(count, ending: true, awaiting: 2 * count - 1)
        let place = try #require(heard.firstIndex(of: "\(count - 1):5"))
        #expect(place <= LoopBudget.patientMinimum)
        for number in 0..<count - 1 {
            #expect(heard.filter { $0.hasPrefix("\(number):") } == ["\(number):5", "\(number):end"])
        }
    }

    @Test("a table of descriptors prepared for more than the process may have is prepared for those")
    func descriptors() {
        let allowed = DescriptorTable.prepare(for: 256)
        #expect(allowed >= 256)
        #expect(DescriptorTable.prepare(for: .max) == allowed)
    }
}
