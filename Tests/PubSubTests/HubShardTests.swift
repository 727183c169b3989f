import Bytes
import Foundation
import Reactor
import Testing

@testable import PubSub

@Suite("Hub shard")
struct HubShardTests {
    /// A session's part: one that goes when it falls behind.
    private final class Owner: QuietOwner {
        let shard: HubShard
        var subscriber: Subscriber?
        init(_ shard: HubShard) { self.shard = shard }

        func closeRequested(code: UInt16, reason: String) {
            guard let subscriber else { return }
            shard.flush(subscriber)
            subscriber.connection.finish()
        }
        func fellBehind() {
            guard let gone = subscriber else { return }
            subscriber = nil
            gone.connection.close()
            shard.remove(gone)
        }
    }

    /// One loop with one subscriber, and the far end of its connection.
    private final class Rig: Sendable {
        private let group: EventLoopGroup
        let hub: Hub
        let far: Int32

        /// - Parameter mail: What the subscriber's shard gets in one turn.
        init(backlogLimit: Int, _ mail: @escaping @Sendable (SubscriberHandle) -> [HubMail]) async throws {
            group = try EventLoopGroup(count: 1)
            hub = Hub(group.executors)
            var ends: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
            let near = ends[0]
            far = ends[1]
            _ = fcntl(near, F_SETFL, O_NONBLOCK)
            let peer = try #require(SocketAddress(path: "/peer"))
            try await group.start { [hub] loop in
                let shard = HubShard(loop, hub.mailboxes[0], backlogLimit: backlogLimit)
                let owner = Owner(shard)
                let connection = try Connection(FileDescriptor(owning: near), peer: peer, on: loop)
                let subscriber = shard.add(connection, owner: owner, isDeflating: false)
                owner.subscriber = subscriber
                loop.keep([shard, owner, connection])
                hub.mailboxes[0].post(contentsOf: mail(subscriber.handle))
            }
        }

        deinit {
            close(far)
            group.stop()
        }
    }

    /// One subscriber that gets its mail in one turn and is closed then.
    ///
    /// - Returns: All that its peer received until the end of the connection.
    private static func received(
        backlogLimit: Int = 1 << 20, _ mail: @escaping @Sendable (SubscriberHandle) -> [HubMail]
    ) async throws -> String {
        let rig = try await Rig(backlogLimit: backlogLimit) { handle in
            mail(handle) + [.close(handle, code: 1000, reason: "")]
        }
        let far = rig.far
        let bytes = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var all: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 65_536)
                while case let count = read(far, &chunk, chunk.count), count > 0 { all += chunk[..<count] }
                shutdown(far, Int32(SHUT_RDWR))
                continuation.resume(returning: all)
            }
        }
        withExtendedLifetime(rig) {}
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func frame(_ text: String) -> SharedFrame { SharedFrame(Array(text.utf8).span) }

    @Test("leaving one channel within a turn loses nothing of the others (DESIGN 3.1)")
    func leavingKeepsOthers() async throws {
        let text = try await HubShardTests.received { handle in
            [
                .subscribe(handle, channel: "a", first: []), .subscribe(handle, channel: "b", first: []),
                .broadcast(channel: "b", HubShardTests.frame("first")),
                .unsubscribe(handle, channel: "a", last: nil, cause: .requested),
                .broadcast(channel: "b", HubShardTests.frame("second")),
                .broadcast(channel: "a", HubShardTests.frame("stranger")),
            ]
        }
        #expect(text.contains("first"))
        #expect(text.contains("second"))
        #expect(!text.contains("stranger"))
    }

    @Test("a reader that turns out too slow while it leaves a channel is closed, and the shard goes on")
    func slowLeaver() async throws {
        let large = HubShardTests.frame(String(repeating: "x", count: 4 << 20))
        let text = try await HubShardTests.received(backlogLimit: 1000) { handle in
            [
                .subscribe(handle, channel: "a", first: []), .broadcast(channel: "a", large),
                .unsubscribe(handle, channel: "a", last: nil, cause: .requested),
            ]
        }
        #expect(text.utf8.count < 4 << 20)
    }

    /// Keeps what it hears.
    private final class Witness: HandoverListener {
        private let heard: AsyncStream<UInt64>.Continuation
        let rounds: AsyncStream<UInt64>

        init() { (rounds, heard) = AsyncStream<UInt64>.makeStream() }

        func handedOver(on channel: String, round: UInt64) { heard.yield(round) }
    }

    @Test("a handover is told once the kernel has all of it; who is gone is not waited for")
    func handover() async throws {
        let witness = Witness()
        let large = HubShardTests.frame(String(repeating: "x", count: 8 << 20))
        let rig = try await Rig(backlogLimit: 64 << 20) { handle in
            [
                .watch(channel: "a", round: 1, witness), .subscribe(handle, channel: "a", first: []),
                .broadcast(channel: "a", HubShardTests.frame("small")),
                .watch(channel: "a", round: 2, witness),
            ]
        }
        let hub = rig.hub
        var rounds = witness.rounds.makeAsyncIterator()
        // Nothing waits: both are told.
        #expect(await rounds.next() == 1)
        #expect(await rounds.next() == 2)
        hub.post(.broadcast(channel: "a", large), toShard: 0)
        hub.post(.watch(channel: "a", round: 3, witness), toShard: 0)
        hub.post(.watch(channel: "b", round: 4, witness), toShard: 0)
        // The third one waits for the reader, the other channel does not.
        #expect(await rounds.next() == 4)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var left = large.plain.count + HubShardTests.frame("small").plain.count
        while left > 0 { left -= max(1, read(rig.far, &chunk, chunk.count)) }
        #expect(await rounds.next() == 3)
        hub.post(.broadcast(channel: "a", large), toShard: 0)
        hub.post(.watch(channel: "a", round: 5, witness), toShard: 0)
        let handle = SubscriberHandle(shard: 0, slot: 0, generation: 0)
        hub.post(.close(handle, code: 1000, reason: ""), toShard: 0)
        #expect(await rounds.next() == 5)
    }
}
