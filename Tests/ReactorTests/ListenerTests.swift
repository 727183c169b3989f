import Glibc
import Testing

@testable import Reactor

@Suite("Listeners")
struct ListenerTests {
    private enum Letter {
        case turnAway(CheckedContinuation<Void, Never>)
        case finish
    }

    /// A connection whose first packet is sent; its descriptor.
    private static func begin(to port: UInt16) throws -> CInt {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, size)
            }
        }
        try #require(result == 0 || errno == EINPROGRESS)
        return descriptor
    }

    /// Waits for what comes of a connection that has begun: 0, or why not.
    private static func outcome(of descriptor: CInt) -> CInt {
        defer { _ = close(descriptor) }
        var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&wish, 1, 30_000) == 1 else { return ETIMEDOUT }
        var (error, size) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
        _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        return error
    }

    @Test("who comes while a listener goes away is refused, not taken and reset; who came before is served")
    func goesAway() async throws {
        let bound = try BoundSocket(try #require(SocketAddress(host: "127.0.0.1", port: 0)), loops: 1)
        let (accepted, note) = AsyncStream<Void>.makeStream()
        let group = try EventLoopGroup(count: 1)
        let mailbox = Mailbox<Letter>(on: group.executors[0])
        try await group.start { loop in
            let listener = try Listener(bound.take(0), on: loop) { _, _ in note.yield() }
            loop.attach(mailbox) { letters in
                for letter in letters {
                    switch letter {
                    case .turnAway(let done):
                        listener.turnAway()
                        done.resume()
                    case .finish:
                        listener.finish()
                        note.finish()
                    }
                }
            }
        }
        let early = try Self.begin(to: bound.address.port)
        #expect(Self.outcome(of: early) == 0)
        await withCheckedContinuation { mailbox.post(.turnAway($0)) }
        // Its first packet goes unheard; the second one, sent a second later, finds nobody.
        let late = try Self.begin(to: bound.address.port)
        mailbox.post(.finish)
        #expect(await Task.detached { Self.outcome(of: late) }.value == ECONNREFUSED)
        var count = 0
        for await _ in accepted { count += 1 }
        #expect(count == 1)
        group.stop()
    }
}
