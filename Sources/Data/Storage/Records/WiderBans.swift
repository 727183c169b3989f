public import Bytes

/// A wallet, as the store names one.
public struct WalletKey: Hashable, Sendable {
    /// Whose data it belongs to.
    public let tenant: String
    /// Its ledger.
    public let chain: String
    /// Its address.
    public let address: String

    /// A wallet.
    public init(tenant: String = "default", chain: String, address: String) {
        self.tenant = tenant
        self.chain = chain
        self.address = address
    }
}

/// Who banned, why, and how long it lasts.
public struct BanTerms: Hashable, Sendable {
    /// Who banned.
    public let by: String
    /// Why, where somebody said so.
    public let reason: String?
    /// Since when.
    public let at: Timestamp
    /// Until when; nil for good.
    public let until: Timestamp?

    /// Terms.
    public init(by: String, reason: String?, at: Timestamp, until: Timestamp?) {
        self.by = by
        self.reason = reason
        self.at = at
        self.until = until
    }

    init(_ columns: inout RowReader) throws(StorageError) {
        self.init(
            by: try columns.text(), reason: try columns.optionalText(), at: try columns.time(),
            until: try columns.optionalTime())
    }

    var values: [DatabaseValue] {
        [
            .text(by), .optional(reason), .integer(at.milliseconds), .optional(until?.milliseconds),
        ]
    }
}

/// A wallet that may not come in, nor whoever had it when it was banned.
public struct WalletBan: Hashable, Sendable {
    /// The wallet.
    public let wallet: WalletKey
    /// Whose it was, if anybody's.
    public let user: String?
    /// The rest.
    public let terms: BanTerms

    /// A ban.
    public init(wallet: WalletKey, user: String?, terms: BanTerms) {
        self.wallet = wallet
        self.user = user
        self.terms = terms
    }
}

/// A network that nobody comes in from.
public struct NetworkBan: Hashable, Sendable {
    /// The network, as `2001:db8::/32`.
    public let network: String
    /// The rest.
    public let terms: BanTerms

    /// A ban.
    public init(network: String, terms: BanTerms) {
        self.network = network
        self.terms = terms
    }
}
