/// A connection inside a transaction, as a body sees it.
public protocol Queryable: Sendable {
    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - sql: The common subset, parameters written `$1`, `$2` …; a constant text, since it is cached.
    ///   - parameters: `$1` is the first.
    /// - Returns: The rows of a `SELECT` or a `RETURNING`.
    func query(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> [Row]

    /// Runs one statement once for each list of parameters: one round trip where the driver has a network.
    ///
    /// - Returns: The rows of each run, in the order of `runs`.
    func queries(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError) -> [[Row]]
}

extension Queryable {
    /// Runs one statement without parameters.
    public func query(_ sql: String) async throws(StorageError) -> [Row] { try await query(sql, []) }

    /// The first row of a statement, or nil where it has none.
    public func first(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> Row? {
        try await query(sql, parameters).first
    }
}
