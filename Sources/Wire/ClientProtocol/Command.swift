/// A client's request, decoded and within its bounds.
public struct Command: Sendable {
    /// The id that its one reply carries; nil where the client wants none.
    public var id: String?
    /// What is asked for.
    public var body: Body

    /// The requests that there are.
    public enum Body: Sendable {
        case auth(token: String)
        case ping
        case join(room: String, since: StreamPosition?, history: Int, invitation: String?, asset: String?)
        case leave(room: String)
        case post(room: String, MessageDraft)
        case edit(room: String, message: String, content: String)
        case delete(room: String, message: String)
        case pin(room: String, message: String, isPinned: Bool)
        case react(room: String, message: String, emoji: String, isAdded: Bool)
        case typing(room: String, isTyping: Bool)
        case readMarker(room: String, seq: Int64)
        case presence(room: String, cursor: String?, limit: Int)
        case history(room: String, HistoryRequest)
        case search(room: String, query: String, limit: Int, before: Int64?)
        case subscribe(channels: [String], since: [String: StreamPosition], pace: DeliveryPace)
        case unsubscribe(channels: [String])
        case publish(channel: String, data: [UInt8], clientID: String?)
    }

    /// The room that it is about, where it is about one.
    public var room: String? {
        switch body {
        case .join(let room, _, _, _, _), .leave(let room), .post(let room, _), .edit(let room, _, _),
            .delete(let room, _), .pin(let room, _, _), .react(let room, _, _, _), .typing(let room, _),
            .readMarker(let room, _), .presence(let room, _, _), .history(let room, _),
            .search(let room, _, _, _):
            room
        case .auth, .ping, .subscribe, .unsubscribe, .publish: nil
        }
    }
}

/// A message that a client wants to post.
public struct MessageDraft: Sendable, Equatable {
    /// What kind of message it is.
    public enum Kind: Sendable, Equatable { case text, documentShare, highlight }

    /// What kind of message it is.
    public var kind = Kind.text
    /// The text; may be empty for shared documents and highlights.
    public var content = ""
    /// The client's own id, which makes the send idempotent.
    public var clientID: String?
    /// The message that this one answers.
    public var replyTo: String?
    /// People named by the client; nil: found from `@name` in the text.
    public var mentions: [String]?
    /// The document that is shared or highlighted.
    public var documentID: String?
    /// A highlight's JSON object as the client sent it.
    public var highlight: String?
    /// Whether the sender wants to know who has it.
    public var wantsReceipt = false

    /// An empty text message.
    public init() {}
}

/// Which messages of a room are asked for.
public struct HistoryRequest: Sendable, Equatable {
    /// Where the page lies; its seq is itself left out, except for `around`.
    public enum Anchor: Sendable, Equatable {
        case latest
        case before(Int64)
        case after(Int64)
        case around(Int64)
    }

    /// Where the page lies.
    public var anchor: Anchor
    /// How many messages at most.
    public var limit: Int
    /// Only this message and its replies.
    public var thread: String?

    /// A page.
    public init(anchor: Anchor, limit: Int, thread: String? = nil) {
        self.anchor = anchor
        self.limit = limit
        self.thread = thread
    }
}
