import Identity

/// Bounds and times of connections.
public struct GatewaySettings: Sendable {
    /// Bytes of one message of a client.
    public var messageBytes = 65_536
    /// Frames that one message may be cut into.
    public var framesPerMessage = 1024
    /// How many times its size on the wire a compressed message may grow, beyond 64 KiB; 0 for no limit.
    public var inflateRatio = 200
    /// Control frames (ping, pong) of a client in a second.
    public var controlFramesPerSecond = 50
    /// Requests of a connection in a second, twice as many at once; 0 for no limit.
    public var commandsPerSecond = 20
    /// Requests of a service key over HTTP in a second, twice as many at once; 0 for no limit.
    public var keyCommandsPerSecond = 500
    /// Rooms that one person may make in an hour; 0 for no limit.
    public var roomsPerHour = 200
    /// Bytes that may wait for a connection whose peer does not read.
    public var backlogBytes = 1 << 20
    /// Rooms and streams of one connection.
    public var channels = 128
    /// Connections in all; 0 for no limit.
    public var connections = 100_000
    /// Connections from one address; 0 for no limit.
    public var connectionsPerAddress = 1000
    /// Connections of one person; 0 for no limit.
    public var connectionsPerUser = 20
    /// Sign-ins of one account in a quarter of an hour; networks have ten times that. 0 for no limit.
    public var signIns = 5
    /// Requests for prices and data, by tier.
    public var meter = MeterSettings()
    /// How often the server pings, in milliseconds.
    public var pingMilliseconds: Int64 = 25_000
    /// How long a peer may take to answer a ping, in milliseconds.
    public var pongMilliseconds: Int64 = 8_000
    /// How long a connection may stay without a token, in milliseconds.
    public var authMilliseconds: Int64 = 10_000
    /// How long before a token runs out its connections are told, in milliseconds; 0 for not at all.
    public var expiryWarningMilliseconds: Int64 = 60_000
    /// How long connections go on whose token's published key is gone, in milliseconds.
    public var withdrawalMilliseconds: Int64 = 60_000
    /// How long a request's head may take, in milliseconds.
    public var headerMilliseconds: Int64 = 10_000
    /// How long a request's body may take, in milliseconds.
    public var bodyMilliseconds: Int64 = 30_000
    /// How long an idle HTTP connection is kept, in milliseconds.
    public var idleMilliseconds: Int64 = 60_000
    /// How long a TLS handshake may take, in milliseconds.
    public var handshakeMilliseconds: Int64 = 10_000
    /// Origins whose pages may connect, beside the server's own; `*` for all.
    public var origins: [String] = []
    /// Addresses or networks of proxies whose word about the client's address is taken.
    public var trustedProxies: [String] = []
    /// Whether connections of trusted proxies begin with the PROXY protocol.
    public var proxyProtocol = false
    /// Whether permessage-deflate is offered.
    public var compression = true
    /// The path of the operator's socket: whoever can open it may do everything. Empty for none.
    public var controlPath = ""
    /// The address that the server listens on.
    public var host = "127.0.0.1"
    /// Whether there is `/echo`.
    public var echo = false
    /// Whether anybody may get a token, for trying a server.
    public var dev = false
    /// How much of clients' addresses the record of privileged acts keeps.
    public var auditAddresses = AuditAddresses.network
    /// This instance's name, shown in `welcome`.
    public var instance = "i_1"

    /// The defaults.
    public init() {}

    /// The rate of a connection's requests.
    var commandRate: TokenBucket.Rate {
        TokenBucket.Rate(perSecond: commandsPerSecond, burst: commandsPerSecond * 2)
    }
    /// The rate of a connection's pings and pongs.
    var controlRate: TokenBucket.Rate {
        TokenBucket.Rate(perSecond: controlFramesPerSecond, burst: controlFramesPerSecond)
    }
}
