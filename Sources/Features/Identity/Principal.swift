public import Bytes
public import PubSub
import Storage

/// Who a session or a request speaks for, as a verified token says.
public final class Principal: Sendable {
    /// The person's id: the token's `sub`.
    public let user: String
    /// The name that others see.
    public let name: String
    /// Whose data this person belongs to.
    public let tenant: String
    /// Whether a program writes in this name.
    public let isBot: Bool
    /// Whether their token was given to somebody who tries a server with `--dev`.
    public let isDev: Bool
    /// Whether they run the server, and so may do in every room what its owner may.
    public let isOperator: Bool
    /// Whether they may read the server's metrics.
    public let mayReadMetrics: Bool
    /// When the token runs out.
    public let expiresAt: Timestamp
    /// Topics that may be subscribed.
    public let subscribeGrants: [ChannelPattern]
    /// Topics that may be published to.
    public let publishGrants: [ChannelPattern]
    /// Roles that the token itself grants, by room.
    public let roomRoles: [String: String]
    /// Who signed the token, by the name that we know the issuer by.
    public let issuer: String
    /// The token's own id, its `jti`.
    public let tokenID: String?
    /// When the token was signed, where it says so.
    public let issuedAt: Timestamp?
    /// What a service key may do; nil for people, whose rights are another matter.
    public let scopes: KeyScopes?
    /// How many requests they may make, where their token says so.
    public let tier: RequestTier?
    /// Which public key signed the token; nil for others.
    let signedBy: KeyMark?

    /// A person.
    public init(
        user: String, name: String, tenant: String = "default", isBot: Bool = false, isDev: Bool = false,
        isOperator: Bool = false, mayReadMetrics: Bool = false, expiresAt: Timestamp,
        subscribeGrants: [ChannelPattern] = [], publishGrants: [ChannelPattern] = [],
        roomRoles: [String: String] = [:], issuer: String = "main", tokenID: String? = nil,
        issuedAt: Timestamp? = nil, scopes: KeyScopes? = nil, tier: RequestTier? = nil,
        signedBy: KeyMark? = nil
    ) {
        self.user = user
        self.name = name
        self.tenant = tenant
        self.isBot = isBot
        self.isDev = isDev
        self.isOperator = isOperator
        self.mayReadMetrics = mayReadMetrics
        self.expiresAt = expiresAt
        self.subscribeGrants = subscribeGrants
        self.publishGrants = publishGrants
        self.roomRoles = roomRoles
        self.issuer = issuer
        self.tokenID = tokenID
        self.issuedAt = issuedAt
        self.scopes = scopes
        self.tier = tier
        self.signedBy = signedBy
    }

    /// The same, but its token runs out at another moment.
    public func expiring(at end: Timestamp) -> Principal { copy(name: name, expiresAt: end) }

    /// The same under another name.
    public func named(_ name: String) -> Principal { copy(name: name, expiresAt: expiresAt) }

    private func copy(name: String, expiresAt end: Timestamp) -> Principal {
        Principal(
            user: user, name: name, tenant: tenant, isBot: isBot, isDev: isDev, isOperator: isOperator,
            mayReadMetrics: mayReadMetrics, expiresAt: end, subscribeGrants: subscribeGrants,
            publishGrants: publishGrants, roomRoles: roomRoles, issuer: issuer, tokenID: tokenID,
            issuedAt: issuedAt, scopes: scopes, tier: tier, signedBy: signedBy)
    }

    /// The tenant whose rooms a server keeps.
    public static let homeTenant = PersonKey.homeTenant

    /// Whether this person belongs to the tenant whose rooms the server keeps; of the others it carries topics alone.
    public var isAtHome: Bool { tenant == Principal.homeTenant }

    /// The name of this person's own channel and of their place among the connected: no namesake of another tenant has
    /// it, since no id has a space.
    public var inbox: String { key.inbox }

    /// Whether this person may subscribe to a stream, or to all that a pattern covers: prices and the like are for
    /// everybody who is signed in, topics and whatever a service key reads for those who were granted them.
    public func maySubscribe(_ channel: String) -> Bool {
        if scopes == nil, let kind = StreamKind(channel), kind != .topic { return true }
        let wanted = ChannelPattern(channel)
        return subscribeGrants.contains { $0.covers(wanted) }
    }

    /// Whether this person may publish to a topic.
    public func mayPublish(_ channel: String) -> Bool { publishGrants.contains { $0.covers(channel) } }
}
