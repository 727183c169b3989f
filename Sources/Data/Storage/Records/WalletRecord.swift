public import Bytes

/// A wallet and whose it is.
public struct WalletRecord: Hashable, Sendable {
    /// Its ledger's name.
    public let chain: String
    /// Its address on it.
    public let address: String
    /// The person whose it is.
    public let user: String
    /// That person's name when the wallet became theirs.
    public let userName: String
    /// When it became theirs.
    public let linkedAt: Timestamp
    /// When it last signed.
    public var usedAt: Timestamp

    /// A wallet that becomes a person's.
    public init(chain: String, address: String, user: String, userName: String, at: Timestamp = .now()) {
        self.init(chain: chain, address: address, user: user, userName: userName, linkedAt: at, usedAt: at)
    }

    init(
        chain: String, address: String, user: String, userName: String, linkedAt: Timestamp, usedAt: Timestamp
    ) {
        self.chain = chain
        self.address = address
        self.user = user
        self.userName = userName
        self.linkedAt = linkedAt
        self.usedAt = usedAt
    }
}
