public import Bytes

/// Which symbols somebody watches, in their order.
public struct WatchlistRecord: Sendable, Hashable {
    /// Its id.
    public let id: String
    /// Whose it is.
    public let owner: PersonKey
    /// What its owner calls it.
    public var name: String
    /// The symbols; each once.
    public var symbols: [String]
    /// 1, 2, 3 …: one more with each change.
    public internal(set) var version: Int64 = 1
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was changed last.
    public internal(set) var changedAt: Timestamp

    /// A new list.
    public init(owner: PersonKey, name: String, symbols: [String], at: Timestamp = .now()) {
        id = Identifier.uuid()
        self.owner = owner
        self.name = name
        self.symbols = symbols
        createdAt = at
        changedAt = at
    }

    static let columns = "id, tenant_id, user_id, name, symbols, version, created_at, changed_at"

    init(_ columns: inout RowReader) throws(StorageError) {
        id = try columns.text()
        owner = PersonKey(tenant: try columns.text(), user: try columns.text())
        name = try columns.text()
        symbols = try TextList.decode(try columns.optionalText())
        version = try columns.integer()
        createdAt = try columns.time()
        changedAt = try columns.time()
    }
}

/// What became of a wish to change a watch-list.
public enum WatchlistOutcome: Sendable, Hashable {
    /// It is so now; of one that was deleted as it was, with the version behind its last one.
    case done(WatchlistRecord)
    /// The person has none of that id.
    case unknown
    /// It is another version than the one that was to be changed.
    case stale(WatchlistRecord)
    /// There are as many lists, or symbols in it, as there may be.
    case full
}
