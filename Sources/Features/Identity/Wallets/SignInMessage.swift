/// The text that a wallet signs (EIP-4361's family: Sign-In-With-Solana, CAIP-122).
///
///     app.example wants you to sign in with your Solana account:
///     7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU
///
///     Sign in to the study rooms.
///
///     URI: https://app.example
///     Version: 1
///     Chain ID: mainnet
///     Nonce: 8f0c…
///     Issued At: 2026-01-02T03:04:05.678Z
///     Expiration Time: 2026-01-02T03:09:05.678Z
///     Request ID: c_8f3k2q9x0m
///     Resources:
///     - https://app.example/terms
///
/// One value has one text, and only that text reads as the value.
public struct SignInMessage: Hashable, Sendable {
    /// A message's fields, by the names that they have in a challenge.
    public enum Field: String, CaseIterable, Sendable {
        /// The host that is signed in to, with its port where it has one.
        case domain
        /// The wallet.
        case address
        /// A sentence for the person who signs.
        case statement
        /// What is signed in to.
        case uri
        /// 1.
        case version
        /// The ledger's network.
        case chainID = "chain_id"
        /// What makes the message new.
        case nonce
        /// When the challenge was made.
        case issuedAt = "issued_at"
        /// When it is over.
        case expirationTime = "expiration_time"
        /// When it begins to hold.
        case notBefore = "not_before"
        /// What the server calls the challenge.
        case requestID = "request_id"
        /// What else the person should know of.
        case resources
    }

    /// The host that is signed in to, with its port where it has one.
    public var domain: String
    /// The wallet.
    public var address: String
    /// The other fields that have one text each.
    public var values: [Field: String] = [:]
    /// URIs of what else the person should know of; nil where the message has no such list.
    public var resources: [String]?

    /// A message with nothing but what each has.
    public init(domain: String, address: String) {
        self.domain = domain
        self.address = address
    }

    /// Fields of one line each, in their order, with what their line begins with.
    static let lines: [(field: Field, tag: String)] = [
        (.uri, "URI: "), (.version, "Version: "), (.chainID, "Chain ID: "), (.nonce, "Nonce: "),
        (.issuedAt, "Issued At: "), (.expirationTime, "Expiration Time: "), (.notBefore, "Not Before: "),
        (.requestID, "Request ID: "),
    ]
    static let resourcesTag = "Resources:"
    static let resourceTag = "- "

    /// What stands behind the domain in the first line.
    static func request(_ chain: WalletChain) -> String {
        " wants you to sign in with your \(chain.accountName) account:"
    }

    /// The text to sign.
    public func text(for chain: WalletChain) -> String {
        var text = domain + SignInMessage.request(chain) + "\n" + address
        if let statement = values[.statement] { text += "\n\n" + statement }
        var fields = ""
        for (field, tag) in SignInMessage.lines {
            if let value = values[field] { fields += "\n" + tag + value }
        }
        if let resources {
            fields += "\n" + SignInMessage.resourcesTag
            for resource in resources { fields += "\n" + SignInMessage.resourceTag + resource }
        }
        return fields.isEmpty ? text : text + "\n" + fields
    }

    /// The first field in which another message differs; nil where it is the same.
    public func difference(from other: SignInMessage) -> Field? {
        if domain != other.domain { return .domain }
        if address != other.address { return .address }
        return Field.allCases.first { values[$0] != other.values[$0] }
            ?? (resources == other.resources ? nil : .resources)
    }
}
