import Bytes
import Synchronization
import Testing

@testable import Reactor

@Suite("Event loop")
struct EventLoopTests {
    @Test("letters of one poster are received in their order, whatever others post")
    func mailboxOrder() async throws {
        let group = try EventLoopGroup(count: 1)
        let mailbox = Mailbox<(poster: Int, number: Int)>(on: group.executors[0])
        let (stream, received) = AsyncStream<(poster: Int, number: Int)>.makeStream()
        try await group.start { loop in
            loop.attach(mailbox) { mail in for letter in mail { received.yield(letter) } }
        }
        for poster in 0..<4 {
            DetachedThread.start(name: "poster") {
                for number in 0..<2000 { mailbox.post((poster, number)) }
            }
        }
        var next = [0, 0, 0, 0]
        var count = 0
        for await letter in stream {
            #expect(letter.number == next[letter.poster])
            next[letter.poster] += 1
            count += 1
            if count == 8000 { break }
        }
        group.stop()
    }

    @Test("async work that prefers a loop runs on its thread")
    func executor() async throws {
        let group = try EventLoopGroup(count: 2)
        try await group.start { _ in }
        for executor in group.executors {
            let isCurrent = await Task(executorPreference: executor) { executor.isCurrent }.value
            #expect(isCurrent)
            #expect(!executor.isCurrent)
        }
        group.stop()
    }

    @Test("a port that another server listens on is refused, though loops of one process share theirs")
    func takenPort() throws {
        let address = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let first = try BoundSocket(address, loops: 3)
        let taken = try #require(SocketAddress(host: "127.0.0.1", port: first.address.port))
        #expect(throws: SystemError.self) { _ = try BoundSocket(taken, loops: 1) }
        for loop in 0..<3 { _ = first.take(loop) }
    }

    @Test(
        "addresses are read and shown in the usual forms",
        arguments: [
            ("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("2001:db8::5", "[2001:db8::5]:80"),
        ])
    func addresses(_ host: String, _ shown: String) throws {
        #expect(try #require(SocketAddress(host: host, port: 80)).description == shown)
        #expect(SocketAddress(host: host + "x", port: 80) == nil)
    }
}
