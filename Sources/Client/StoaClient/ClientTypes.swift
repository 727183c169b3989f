public import JSON

/// Why a request was not fulfilled.
public enum StoaError: Error, Sendable, Equatable {
    /// The server refused it: code, sentence, field, and when to try again.
    case refused(code: String, message: String, field: String?, retryAfterMilliseconds: Int64?)
    /// The connection went before the reply came; what was sent may have happened.
    case disconnected
    /// The client was closed, or the server sent it away for good.
    case ended(String)
    /// No reply came in time.
    case timedOut
    /// As many messages wait to be sent as the outbox holds.
    case outboxFull
    /// The address or the token source is of no use.
    case misconfigured(String)
}

/// What a client's connection is doing.
public enum ClientState: Sendable, Equatable {
    /// On the way to the server.
    case connecting
    /// Signed in; rooms are being resumed.
    case catchingUp
    /// Everything that was missed is there.
    case live
    /// No connection; the next try comes after this many milliseconds.
    case offline(retryMilliseconds: Int64, reason: String)
    /// The end: closed here, or sent away (banned, token refused).
    case ended(String)
}

/// What a client tells its owner, in order.
public enum ClientEvent: Sendable {
    /// The connection's state has changed.
    case state(ClientState)
    /// A push of the server, each durable event of a room once and in order.
    case push(type: String, JSONValue)
    /// A room's events between these were lost to this client: what it knows of the room is to be fetched anew.
    case gap(room: String, reason: String)
    /// The connection is not in a room any more, with the server's reason.
    case removed(room: String, reason: String)
}

/// What a sent message became.
public struct Receipt: Sendable, Equatable {
    /// The message's id.
    public let messageID: String
    /// Its place in the room.
    public let seq: Int64
    /// The client's own id for it.
    public let clientID: String
    /// Whether the server had it from an earlier try.
    public let isDuplicate: Bool
}

/// How a client behaves.
public struct ClientOptions: Sendable {
    /// The first delay's bound after a lost connection, in milliseconds; each delay is random below its bound.
    public var backoffMilliseconds: Int64 = 500
    /// The greatest bound.
    public var backoffLimitMilliseconds: Int64 = 20_000
    /// How long a reply may take.
    public var replyMilliseconds: Int64 = 15_000
    /// How long a silent server is waited for after a ping of ours.
    public var pongMilliseconds: Int64 = 8_000
    /// Messages that may wait to be sent.
    public var outboxLimit = 200
    /// A file that keeps the outbox over a restart of the program; nil: in memory only.
    public var outboxPath: String?
    /// Authorities to trust for `wss` in place of the system's, as a PEM file.
    public var authorityPath: String?

    /// The defaults.
    public init() {}
}
