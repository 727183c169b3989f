import Bytes
import Glibc
import Synchronization
import Testing

@testable import Reactor

@Suite("Many who say much at once")
struct FloodTests {
    /// One read, as its connection's handler saw it.
    private struct Reading {
        let turn: Int64
        let number: Int
        let count: Int
    }

    private final class Listener: ConnectionHandler {
        let note: (Int) -> Void

        init(_ note: @escaping (Int) -> Void) { self.note = note }

        func connectionReceived(_ bytes: inout MutableSpan<UInt8>) { note(bytes.count) }
        func connectionPeerFinished() {}
        func connectionDrained() {}
        func connectionClosed(_ reason: DisconnectReason) {}
    }

    /// Two ends, of which `here` has as much to read as the kernel holds.
    private static func fullPair() -> (here: CInt, there: CInt, count: Int) {
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        _ = unsafe socketpair(AF_UNIX, type, 0, &ends)
        let piece = [UInt8](repeating: 1, count: 16_384)
        var count = 0
        while true {
            let written = unsafe write(ends[1], piece, piece.count)
            guard written > 0 else { break }
            count += written
        }
        return (ends[0], ends[1], count)
    }

    @Test("a turn reads no more than its budget, and those behind it come first in the next one")
    func budget() async throws {
        let connections = 16
        let pairs = (0..<connections).map { _ in FloodTests.fullPair() }
        let total = pairs.reduce(0) { $0 + $1.count }
        try #require(total > 2 * LoopBudget.turnBytes)
        let group = try EventLoopGroup(count: 1)
        let (stream, heard) = AsyncStream<Reading>.makeStream()
        try await group.start { loop in
            let peer = try #require(SocketAddress(path: "/peer"))
            for (number, pair) in pairs.enumerated() {
                let connection = try Connection(FileDescriptor(owning: pair.here), peer: peer, on: loop)
                connection.handler = Listener { [unowned loop] count in
                    heard.yield(Reading(turn: loop.turnStart, number: number, count: count))
                }
                loop.keep([connection])
            }
        }
        var readings: [Reading] = []
        var left = total
        for await reading in stream {
            readings.append(reading)
            left -= reading.count
            if left == 0 { break }
        }
        group.stop()
        for pair in pairs { _ = close(pair.there) }
        for turn in Dictionary(grouping: readings, by: \.turn).values {
            // The last read of a turn may go beyond it by what one read takes.
            #expect(turn.reduce(0) { $0 + $1.count } < LoopBudget.turnBytes + LoopBudget.readBytes)
        }
        // Nobody is heard twice before everybody has been heard once.
        #expect(readings.prefix(connections).map(\.number).sorted() == Array(0..<connections))
    }
}
