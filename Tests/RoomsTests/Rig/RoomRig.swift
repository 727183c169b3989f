import Bytes
import ClientProtocol
import Identity
import Reactor
import RedisPubSub
import Storage
import StoreTesting
import Synchronization

@testable import PubSub
@testable import Rooms

/// The rooms of one loop over a real store; what they tell the hub is kept instead of sent.
final class RoomRig: Sendable {
    static let owner = "ann"

    let log = HubLog()
    let store: TestStore
    let context: RoomContext
    let room: String
    private let group: EventLoopGroup
    private let connections = Mutex<UInt32>(0)

    /// Another process' rooms over the same store, reached through a Redis.
    struct Sharing {
        var store: TestStore
        var room: String
        var address: String
        var instance: String
        /// How long Redis may take for an answer.
        var timeoutMilliseconds: Int64
    }

    /// - Parameters:
    ///   - sharing: The store and the broker that it has in common with others.
    ///   - gates: Makes what judges people at gates, over the rig's store.
    init(
        _ settings: RoomSettings, sharing: Sharing? = nil,
        gates: (TestStore) -> RoomGates? = { _ in nil }
    ) async throws {
        group = try EventLoopGroup(count: 1)
        if let sharing {
            store = sharing.store
            room = sharing.room
        } else {
            store = try await TestStore.open()
            room = try await store.room()
        }
        let topics = Mailbox<TopicMail>(on: group.executors[0])
        context = RoomContext(
            hub: Hub(group.executors),
            log: MessageLog(database: store.database, limits: MessageLogLimits()), rooms: store.rooms,
            messages: store.messages, topics: topics, settings: settings, gates: gates(store))
        let (context, log) = (context, log)
        try await group.start { loop in
            loop.attach(topics) { _ in }
            let redis = try sharing.map { sharing in
                var redis = RedisSettings(
                    try RedisDeployment(sharing.address.split(separator: ",").map(String.init)),
                    instance: sharing.instance)
                redis.timeoutMilliseconds = sharing.timeoutMilliseconds
                redis.leaseMilliseconds = 3000
                return RedisBroker(loop, redis)
            }
            let shard = RoomShard(loop, context, deflater: nil, broker: redis)
            redis?.add(shard)
            loop.keep([shard] + (redis.map { [$0] } ?? []))
            loop.attach(context.hub.mailboxes[0]) { log.append($0) }
        }
    }

    deinit { group.stop() }

    var service: RoomService { RoomService(context) }

    static func principal(_ user: String) -> Principal {
        Principal(user: user, name: user, expiresAt: Timestamp(milliseconds: .max / 2))
    }

    /// A connection that nobody had before.
    func newHandle() -> SubscriberHandle {
        let slot = connections.withLock { count in
            count += 1
            return count
        }
        return SubscriberHandle(shard: 0, slot: slot, generation: 0)
    }

    func post(_ mail: RoomMail) { context.post(mail, to: room) }

    func join(_ handle: SubscriberHandle, _ user: String, invitation: String? = nil) {
        post(
            .join(
                JoinRequest(
                    handle, isDeflating: false, principal: RoomRig.principal(user), room: room, since: nil,
                    history: 0, invitation: invitation, id: "j")))
    }

    /// Joins and awaits the answer.
    ///
    /// - Returns: Whether the connection is in.
    func joined(_ handle: SubscriberHandle, _ user: String) async -> Bool {
        await answer(to: handle, user) == .admitted
    }

    /// Joins and awaits the answer; nil where none comes.
    func answer(to handle: SubscriberHandle, _ user: String) async -> JoinAnswer? {
        join(handle, user)
        _ = await log.wait { $0.answers(to: handle).count == 1 }
        return log.letters.answers(to: handle).first
    }

    /// Who is here, as the room's home says, once it has read all mail that was posted before.
    func people() async -> Set<String> {
        await withCheckedContinuation { continuation in
            post(.people(room: room) { continuation.resume(returning: Set($0)) })
        }
    }

    /// Puts a word into the log behind all that the home has said so far.
    func mark(_ word: String) async {
        _ = await people()
        context.hub.post(.broadcast(channel: word, SharedFrame([UInt8]("{}".utf8).span)), toShard: 0)
    }
}

/// What a join came to.
enum JoinAnswer: Equatable {
    case admitted
    case refused(String)
}

extension [HubMail] {
    /// The answers to a connection's joins.
    func answers(to handle: SubscriberHandle) -> [JoinAnswer] {
        compactMap { letter in
            switch letter {
            case .subscribe(handle, _, _): .admitted
            case .refuse(handle, _, let frame): .refused(frame.json?["code"]?.string ?? "")
            default: nil
            }
        }
    }
}
