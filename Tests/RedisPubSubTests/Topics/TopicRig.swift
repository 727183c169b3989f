import Bytes
import ClientProtocol
import JSON
import Reactor
import StoaTesting
import Synchronization

@testable import PubSub
@testable import RedisPubSub

/// The topics of one process; what they tell the hub is kept instead of sent.
final class TopicRig: Sendable {
    private final class Log: Sendable {
        private let kept = Mutex<[HubMail]>([])
        var letters: [HubMail] { kept.withLock { $0 } }
        func append(_ mail: [HubMail]) { kept.withLock { $0 += mail } }
    }

    private let group: EventLoopGroup
    private let mailbox: Mailbox<TopicMail>
    private let log = Log()
    private let connections = Mutex<UInt32>(0)

    init(_ address: String, _ instance: String, _ settings: TopicSettings = TopicSettings()) async throws {
        group = try EventLoopGroup(count: 1)
        mailbox = Mailbox(on: group.executors[0])
        let (hub, mailbox, log) = (Hub(group.executors), mailbox, log)
        try await group.start { loop in
            var redis = RedisSettings(
                try RedisDeployment(address.split(separator: ",").map(String.init)), instance: instance)
            redis.timeoutMilliseconds = 500
            let broker = RedisBroker(loop, redis)
            loop.attach(hub.mailboxes[0]) { log.append($0) }
            loop.keep([
                broker,
                TopicBroker(loop, mailbox, hub: hub, settings: settings, deflater: nil, broker: broker),
            ])
        }
    }

    deinit { group.stop() }

    /// A connection that nobody had before.
    func newHandle() -> SubscriberHandle {
        let slot = connections.withLock { count in
            count += 1
            return count
        }
        return SubscriberHandle(shard: 0, slot: slot, generation: 0)
    }

    func post(_ mail: TopicMail) { mailbox.post(mail) }

    /// Waits until the broker has read all mail that was posted before.
    func turn() async {
        await withCheckedContinuation { continuation in
            post(.online([]) { _ in continuation.resume() })
        }
    }

    func subscribe(
        _ handle: SubscriberHandle, _ channels: [String], since: [String: StreamPosition] = [:],
        id: String? = "s"
    ) {
        post(
            .subscribe(
                TopicSubscription(
                    handle, isDeflating: false, user: "ann", channels: channels, since: since, id: id)))
    }

    /// Subscribes, again and again until the broker is there.
    func subscribed(
        _ channels: [String], since: [String: StreamPosition] = [:]
    ) async throws -> SubscriberHandle {
        let handle = newHandle()
        var asked = 0
        try await eventually("subscribed to \(channels)") {
            let answers = received(by: handle).filter { $0["id"]?.string == "s" }
            if answers.last?["type"]?.string == "snapshot" { return true }
            if answers.count == asked {
                asked += 1
                subscribe(handle, channels, since: since)
            }
            return false
        }
        return handle
    }

    /// Publishes.
    ///
    /// - Returns: The ack.
    func publish(
        _ data: String, to channel: String, by publisher: String = "bob", id: String? = nil
    ) async throws(ClientError) -> JSONValue {
        let outcome = await withCheckedContinuation { continuation in
            post(
                .publish(
                    TopicPublication(
                        channel: channel, data: Array(data.utf8), publisher: publisher, clientID: id,
                        reply: .call { continuation.resume(returning: $0) })))
        }
        let shared = try outcome.get()
        guard let value = shared.json else { throw ClientError(.internal, "no JSON") }
        return value
    }

    /// Publishes.
    ///
    /// - Returns: Why that is refused; nil where it is not.
    func refusal(of data: String, to channel: String, id: String? = nil) async -> ErrorCode? {
        do {
            _ = try await publish(data, to: channel, id: id)
            return nil
        } catch {
            return error.code
        }
    }

    /// All messages that a connection was sent, in their order.
    func received(by handle: SubscriberHandle) -> [JSONValue] {
        var channels: Set<String> = []
        var frames: [SharedFrame] = []
        for letter in log.letters {
            switch letter {
            case .reply(handle, let frame), .send(handle, let frame): frames.append(frame)
            case .subscribe(handle, let channel, let first):
                channels.insert(channel)
                frames += first
            case .unsubscribe(handle, let channel, _, _): channels.remove(channel)
            case .broadcast(let channel, let frame) where channels.contains(channel): frames.append(frame)
            default: break
            }
        }
        return frames.compactMap(\.json)
    }

    /// Waits until a connection has been sent something.
    func wait(
        _ what: String, _ handle: SubscriberHandle, within seconds: Double = 30,
        _ holds: ([JSONValue]) -> Bool
    ) async throws {
        do {
            try await eventually(what, within: seconds) { holds(received(by: handle)) }
        } catch {
            throw TestFailure("\(what), but it got \(received(by: handle).suffix(12))")
        }
    }

    /// Waits until a connection has the publication with some data.
    func wait(for data: Int64, _ handle: SubscriberHandle) async throws {
        try await wait("the publication \(data)", handle) { $0.published.contains(data) }
    }
}

extension TopicRig {
    static func two(
        _ redis: RedisProcess, _ change: (inout TopicSettings) -> Void = { _ in }
    ) async throws -> [TopicRig] {
        try await two(at: redis.address, change)
    }

    static func two(
        _ redis: RedisService, _ change: (inout TopicSettings) -> Void = { _ in }
    ) async throws -> [TopicRig] {
        let rigs = try await two(at: redis.address, change)
        // In a cluster each of them is somewhere else.
        for rig in rigs { _ = try await rig.subscribed((0..<6).map { "topic:warm-\($0)" }) }
        return rigs
    }

    private static func two(
        at address: String, _ change: (inout TopicSettings) -> Void
    ) async throws -> [TopicRig] {
        var settings = TopicSettings()
        change(&settings)
        return [
            try await TopicRig(address, "i_1", settings), try await TopicRig(address, "i_2", settings),
        ]
    }
}

extension [JSONValue] {
    /// The integers that were published.
    var published: [Int64] {
        compactMap { $0["type"]?.string == "publication" ? $0["data"]?.integer : nil }
    }

    /// The offsets of publications.
    var offsets: [Int64] {
        compactMap { $0["type"]?.string == "publication" ? $0["offset"]?.integer : nil }
    }

    func of(_ type: String) -> [JSONValue] { filter { $0["type"]?.string == type } }
}

extension JSONValue {
    /// A position in an ack.
    var position: StreamPosition {
        StreamPosition(epoch: self["epoch"]?.string ?? "", offset: self["offset"]?.integer ?? -1)
    }
}

extension SharedFrame {
    /// Its message.
    var json: JSONValue? {
        let shared = plain
        let bytes = shared.span.withUnsafeBufferPointer { Array($0) }
        guard bytes.count > 4 else { return nil }
        let start = bytes[1] == 127 ? 10 : bytes[1] == 126 ? 4 : 2
        return try? JSONValue(parsing: bytes.span.extracting(start...))
    }
}

extension SharedBytes {
    /// The JSON that it is.
    var json: JSONValue? {
        let bytes = span.withUnsafeBufferPointer { Array($0) }
        return try? JSONValue(parsing: bytes.span)
    }
}
