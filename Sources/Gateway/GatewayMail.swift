public import ClientProtocol
public import HTTP
public import Identity
public import Reactor
public import Storage

/// What other threads tell a loop's gateway.
public enum GatewayMail: Sendable {
    /// A handler's answer to the request of a connection.
    case answered(connection: UInt64, HTTPResponse, ErrorCode?)
    /// The keys that a request's token needs have been asked for.
    case askedForKeys(connection: UInt64)
    /// The other processes have answered for a handshake's ticket.
    case redeemed(connection: UInt64, RedeemedTicket)
    /// What a request for channels needs is there.
    case prepared(connection: UInt64, StreamPreparation)
    /// What a long poll waits for is there.
    case pollHasNews(connection: UInt64)
    /// The keys that a session's token needs have been asked for.
    case askedForKeysOf(PendingToken)
    /// A session's person has too many over all processes.
    case tooMany(ObjectIdentifier, session: String)
    /// Sessions that this is about end.
    case deny(Denial)
    /// Who may not come in has been read anew: sessions of those end.
    case judgeAgain
    /// Published keys are gone: sessions of their tokens end in a while.
    case keysWithdrawn
    /// A person whom the server signed in goes by another name.
    case renamed(PersonKey, String)
    /// Connections of new clients use these certificates from now on.
    case reload(TLSContext)
    /// The server is going away: those connected are told when to come back, each another moment within this time.
    case announceDrain(windowMilliseconds: Int64)
    /// No connection begins any more; those that have begun are taken until the listeners close.
    case turnAway
    /// No new connections.
    case closeListeners
    /// The connections that are left are closed, after the answers to what they have asked.
    case closeAll
    /// New connections are spread over all loops, whatever a process that was here before has asked for.
    case spread
    /// How many connections are left? Answered on the loop.
    case count(@Sendable (ConnectionCount) -> Void)
    /// What has it done? Answered on the loop.
    case measure(@Sendable (LoopReport) -> Void)
}

/// How many connections a loop has.
public struct ConnectionCount: Sendable {
    /// All but those of who watches or operates the server.
    public var all: Int
    /// Of these, those on which something goes on: clients that are signed in, requests that are not answered.
    public var busy: Int

    /// A count.
    public init(all: Int, busy: Int) {
        self.all = all
        self.busy = busy
    }
}
