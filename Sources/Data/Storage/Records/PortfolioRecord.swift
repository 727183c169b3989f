public import Bytes

/// Somebody's holdings; amounts are exact decimals as text.
public struct PortfolioRecord: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Whose it is.
    public var owner: PersonKey
    /// What its owner calls it.
    public var name: String
    /// How much of what, by symbol.
    public var holdings: [String: String] = [:]
    /// Who else may read it: ids of the owner's tenant.
    public var readers: Set<String> = []
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var changedAt: Timestamp

    /// A portfolio without holdings, that nobody else may read.
    public init(id: String = Identifier.uuid(), owner: PersonKey, name: String, at: Timestamp = .now()) {
        self.id = id
        self.owner = owner
        self.name = name
        createdAt = at
        changedAt = at
    }
}

/// What became of a wish to change a portfolio.
public enum PortfolioOutcome: Sendable, Hashable {
    /// It is so.
    case done
    /// There is none, or it is another's.
    case unknown
    /// There are as many as there may be.
    case full
}
