import Bytes
public import ClientProtocol
import JSON
public import PubSub
public import Reactor
public import Storage
public import Webhooks

/// What every part of the rooms works with; all of it may be used on any thread.
public struct RoomContext: Sendable {
    /// Where messages for connections go.
    public let hub: Hub
    /// Where durable events go.
    public let log: MessageLog
    /// Rooms, members, bans, invitations.
    public let rooms: RoomRepository
    /// Messages.
    public let messages: MessageRepository
    /// The door of the topic broker, for pushes to people.
    public let topics: Mailbox<TopicMail>
    /// What judges people at gates; nil where nobody can: then gated rooms take nobody.
    public let gates: RoomGates?
    /// Who is told which rooms have people in them; nil for nobody.
    public let events: EventDesk?
    /// What the tokens of live connections lend.
    public let grants = GrantBook()
    /// Bounds and times.
    public let settings: RoomSettings
    /// The doors of the rooms' homes, one for each loop.
    public let mailboxes: [Mailbox<RoomMail>]

    /// A context over the process' loops; makes the homes' mailboxes.
    ///
    /// - Parameter onCommit: Hears of each transaction of the log, on the store's thread: it must be quick.
    public init(
        hub: Hub, log: MessageLog, rooms: RoomRepository, messages: MessageRepository,
        topics: Mailbox<TopicMail>, settings: RoomSettings, gates: RoomGates? = nil,
        events: EventDesk? = nil, onCommit: (@Sendable ([AppendResult]) -> Void)? = nil
    ) {
        self.hub = hub
        self.log = log
        self.rooms = rooms
        self.messages = messages
        self.topics = topics
        self.settings = settings
        self.gates = gates
        self.events = events
        mailboxes = hub.mailboxes.map { Mailbox(on: $0.executor) }
        log.setDelegate(CommitRouter(hub: hub, mailboxes: mailboxes, onCommit: onCommit))
    }

    /// Pushes something to a person, on all their connections.
    ///
    /// - Parameter members: A JSON object whose members the push carries beside its type, channel and offset.
    func notify(_ user: String, _ type: String, _ members: borrowing JSONWriter) {
        topics.post(.notify(user: user, type: type, members: RoomContext.inside(members)))
    }

    /// The same for their connections at this process alone.
    func notifyHere(_ user: String, _ type: String, _ members: borrowing JSONWriter) {
        topics.post(.notifyHere(user: user, type: type, members: RoomContext.inside(members)))
    }

    /// An object without its braces.
    private static func inside(_ writer: borrowing JSONWriter) -> [UInt8] {
        let object = writer.span
        return [UInt8](object.extracting(1..<(object.count - 1)))
    }

    /// Says that this process is about to end: its people stay present elsewhere for the grace, as after a cut.
    public func resign() async {
        for mailbox in mailboxes {
            await withCheckedContinuation { continuation in
                let grace = settings.graceMilliseconds
                mailbox.post(.resign(graceMilliseconds: grace) { continuation.resume() })
            }
        }
    }

    /// Posts to the home of a room.
    public func post(_ mail: RoomMail, to room: String) { mailboxes[hub.homeShard(of: room)].post(mail) }
}

/// Takes each commit's results to the homes of their rooms, one letter per loop.
private final class CommitRouter: MessageLogDelegate {
    private let hub: Hub
    private let mailboxes: [Mailbox<RoomMail>]
    private let onCommit: (@Sendable ([AppendResult]) -> Void)?

    init(
        hub: Hub, mailboxes: [Mailbox<RoomMail>], onCommit: (@Sendable ([AppendResult]) -> Void)?
    ) {
        self.hub = hub
        self.onCommit = onCommit
        self.mailboxes = mailboxes
    }

    func committed(_ results: [AppendResult]) {
        // Behind the letters: nobody who waits for an answer waits for this.
        defer { onCommit?(results) }
        guard mailboxes.count > 1 else { return mailboxes[0].post(.committed(results)) }
        var byShard = [[AppendResult]](repeating: [], count: mailboxes.count)
        for result in results { byShard[hub.homeShard(of: result.room)].append(result) }
        for (shard, results) in byShard.enumerated() where !results.isEmpty {
            mailboxes[shard].post(.committed(results))
        }
    }
}

extension StorageError {
    /// The refusal that a client sees.
    public var clientError: ClientError {
        switch self {
        case .conflict(let what): ClientError(.conflict, what)
        case .notFound: ClientError(.notFound, "There is no such thing.")
        case .unavailable, .diskFull, .inputOutput, .locked:
            ClientError(.unavailable, "The store cannot take this now. Try again.", retryAfter: 1000)
        case .newerVersion, .corrupt, .statement:
            ClientError(.internal, "The store failed.", retryAfter: 5000)
        }
    }
}
