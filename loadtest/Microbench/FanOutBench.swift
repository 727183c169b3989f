import Bytes
import ClientProtocol
import Glibc
import PubSub
import Reactor
import Synchronization

/// A publication's whole way: broker, hub, one send to each subscriber's socket.
final class FanOutBench {
    private final class Owner: SubscriberOwner {
        func subscribed(to channel: String) {}
        func subscriptionRefused(to channel: String) {}
        func unsubscribed(from channel: String, cause: UnsubscribeCause) {}
        func closeRequested(code: UInt16, reason: String) {}
        func fellBehind() {}
    }

    private let group: EventLoopGroup
    private let topics: Mailbox<TopicMail>
    private let peers: [CInt]
    private let publisher: SubscriberHandle
    private let data = [UInt8](repeating: UInt8(ascii: "7"), count: 128)
    private var sink = [UInt8](repeating: 0, count: 65_536)

    /// Subscribers of one topic, each at a socket pair's end.
    init(subscribers: Int) async throws {
        let group = try EventLoopGroup(count: 1)
        let hub = Hub(group.executors)
        let topics = Mailbox<TopicMail>(on: group.executors[0])
        let opened = Mutex<[(peer: CInt, handle: SubscriberHandle)]>([])
        try await group.start { loop in
            let shard = HubShard(loop, hub.mailboxes[0], backlogLimit: 1 << 20)
            let broker = TopicBroker(
                loop, topics, hub: hub, settings: TopicSettings(), deflater: nil)
            let owner = Owner()
            var kept: [AnyObject] = [shard, broker, owner]
            for _ in 0..<subscribers {
                guard let pair = SocketPair(), let peer = SocketAddress(path: "/bench") else { continue }
                let connection = try Connection(FileDescriptor(owning: pair.here), peer: peer, on: loop)
                let subscriber = shard.add(connection, owner: owner, isDeflating: false)
                topics.post(
                    .subscribe(
                        TopicSubscription(
                            subscriber.handle, isDeflating: false, user: "u", channels: ["topic:bench"],
                            since: [:], id: nil)))
                opened.withLock { $0.append((pair.there, subscriber.handle)) }
                kept += [connection, subscriber]
            }
            loop.keep(kept)
        }
        self.group = group
        self.topics = topics
        let all = opened.withLock { $0 }
        guard let first = all.first else { throw SystemError(EMFILE, during: "socketpair") }
        publisher = first.handle
        peers = all.map(\.peer)
        // The snapshots, and the first publication's own costs, are not what is measured.
        publish(1)
    }

    deinit {
        group.stop()
        for peer in peers { _ = close(peer) }
    }

    /// Publishes so many at once and waits until every subscriber has them all.
    func publish(_ count: Int) {
        let publication = TopicPublication(
            channel: "topic:bench", data: data, publisher: "u", clientID: nil,
            reply: .socket(publisher, id: nil))
        for _ in 0..<count { topics.post(.publish(publication)) }
        for peer in peers { drain(peer, count) }
    }

    /// Reads until so many publications have come; each ends with the data's closing brace.
    private func drain(_ peer: CInt, _ count: Int) {
        var missing = count
        while missing > 0 {
            let length = unsafe read(peer, &sink, sink.count)
            guard length > 0 else {
                sched_yield()
                continue
            }
            // A publication's data is 128 sevens: a brace follows them and nothing else.
            for index in 1..<length where sink[index] == UInt8(ascii: "}") {
                if sink[index - 1] == UInt8(ascii: "7") { missing -= 1 }
            }
        }
    }
}

/// Two connected sockets.
struct SocketPair {
    let here: CInt
    let there: CInt

    init?() {
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { return nil }
        (here, there) = (ends[0], ends[1])
    }
}
