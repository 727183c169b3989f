/// Asks an address for the keys that it publishes.
public typealias KeyFetch = @Sendable (String) async -> Result<FetchedKeys, KeyFetchError>

/// What an issuer's address answered.
public struct FetchedKeys: Sendable {
    /// The answer's body: a JWK Set (RFC 7517 §5).
    public var body: [UInt8]
    /// For how long the answer says that it holds, in milliseconds; nil where it says nothing.
    public var maxAgeMilliseconds: Int64?

    /// An answer.
    public init(body: [UInt8], maxAgeMilliseconds: Int64? = nil) {
        self.body = body
        self.maxAgeMilliseconds = maxAgeMilliseconds
    }
}

/// Why there are no keys, in words for the log.
public struct KeyFetchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The words.
    public let description: String

    /// A failure.
    public init(_ description: String) { self.description = description }
}

/// How often published keys are asked for, in milliseconds.
public struct KeyFetchSettings: Sendable {
    /// The longest time between two scheduled fetches; an answer's `Cache-Control` may ask for less.
    public var refreshMilliseconds: Int64 = 300_000
    /// The least time between two fetches, whoever wants them: the scheduled ones and those that tokens cause.
    public var coolDownMilliseconds: Int64 = 30_000
    /// How long the last keys are good while the address does not answer.
    public var maxAgeMilliseconds: Int64 = 86_400_000

    /// The usual times.
    public init() {}
}
