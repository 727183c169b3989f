public import Bytes

/// A person as the store names one: ids are unique within a tenant.
public struct PersonKey: Hashable, Sendable {
    /// Whose data they belong to.
    public let tenant: String
    /// Their id.
    public let user: String

    /// The tenant whose rooms a server keeps.
    public static let homeTenant = "default"

    /// A person.
    public init(tenant: String = PersonKey.homeTenant, user: String) {
        self.tenant = tenant
        self.user = user
    }

    /// The name of this person's own channel and of their place among the connected: no namesake of another tenant has
    /// it, since no id has a space.
    public var inbox: String { tenant == PersonKey.homeTenant ? user : "\(tenant) \(user)" }
}

/// One token that is good no more.
public struct RevokedToken: Hashable, Sendable {
    /// Who signed it, by the name that we know the issuer by.
    public let issuer: String
    /// Its `jti`.
    public let tokenID: String
    /// When it would have run out by itself, and need not be kept any more.
    public let expiresAt: Timestamp

    /// A token.
    public init(issuer: String, tokenID: String, expiresAt: Timestamp) {
        self.issuer = issuer
        self.tokenID = tokenID
        self.expiresAt = expiresAt
    }
}

/// A person who may not come in at all.
public struct ServerBan: Hashable, Sendable {
    /// Who.
    public let person: PersonKey
    /// Who banned them.
    public let by: String
    /// Why, where somebody said so.
    public let reason: String?
    /// Since when.
    public let at: Timestamp
    /// Until when; nil for good.
    public let until: Timestamp?

    /// A ban.
    public init(person: PersonKey, by: String, reason: String?, at: Timestamp, until: Timestamp?) {
        self.person = person
        self.by = by
        self.reason = reason
        self.at = at
        self.until = until
    }
}

/// All that keeps somebody out, as it is read at the start.
public struct AccessState: Sendable {
    /// Tokens that are good no more.
    public var tokens: [RevokedToken] = []
    /// People whose tokens of before a moment are good no more.
    public var people: [PersonKey: Timestamp] = [:]
    /// People who are banned.
    public var bans: [ServerBan] = []
}
