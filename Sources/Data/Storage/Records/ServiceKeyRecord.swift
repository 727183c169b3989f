public import Bytes

/// A service key: what a back end or bot speaks by.
public struct ServiceKeyRecord: Hashable, Sendable {
    /// One of its texts, by its hash: the text itself is not kept.
    public struct Secret: Hashable, Sendable {
        /// The text's hash.
        public let hash: String
        /// When it was made.
        public let madeAt: Timestamp
        /// When it stops being good, where another has taken its place.
        public var endsAt: Timestamp?

        /// A text's hash.
        public init(hash: String, madeAt: Timestamp, endsAt: Timestamp? = nil) {
            self.hash = hash
            self.madeAt = madeAt
            self.endsAt = endsAt
        }
    }

    /// The key as a person: whom it writes as.
    public let person: PersonKey
    /// What it is for, in its maker's words.
    public let name: String
    /// What it may do, as the feature writes it.
    public let scopes: String
    /// Who made it.
    public let madeBy: String
    /// When it was made.
    public let madeAt: Timestamp
    /// When it runs out; nil for never.
    public let expiresAt: Timestamp?
    /// When it was last used, give or take a minute.
    public var usedAt: Timestamp?
    /// Its texts, the newest first, with those that have ended.
    public var secrets: [Secret]

    /// A key.
    public init(
        person: PersonKey, name: String, scopes: String, madeBy: String, madeAt: Timestamp,
        expiresAt: Timestamp?, usedAt: Timestamp? = nil, secrets: [Secret] = []
    ) {
        self.person = person
        self.name = name
        self.scopes = scopes
        self.madeBy = madeBy
        self.madeAt = madeAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
        self.secrets = secrets
    }
}
