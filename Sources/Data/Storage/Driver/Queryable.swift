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

    /// The same, and does other work while the answers are on their way.
    ///
    /// - Parameter meanwhile: Called once; must not use this connection.
    func queries(
        _ sql: String, _ runs: [[DatabaseValue]], meanwhile: () -> Void
    ) async throws(StorageError) -> [[Row]]

    /// Runs one statement once for each list of parameters, whose rows nobody wants.
    ///
    /// It may be on its way still when this returns; whether it failed shows at the next query at the latest.
    func execute(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError)
}

extension Queryable {
    /// Does the other work first, where there is nothing to wait for.
    public func queries(
        _ sql: String, _ runs: [[DatabaseValue]], meanwhile: () -> Void
    ) async throws(StorageError) -> [[Row]] {
        meanwhile()
        return try await queries(sql, runs)
    }

    /// Runs them and waits.
    public func execute(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError) {
        _ = try await queries(sql, runs)
    }

    /// Runs one statement without parameters whose rows nobody wants.
    public func execute(_ sql: String) async throws(StorageError) { try await execute(sql, [[]]) }

    /// Holds a room against everybody who appends to it, until the transaction ends.
    func lockRoom(_ tenant: String, _ room: String, _ dialect: Dialect) async throws(StorageError) {
        _ = try await query(dialect.lockRoom, [.text(tenant), .text(room)])
    }

    /// Runs one statement without parameters.
    public func query(_ sql: String) async throws(StorageError) -> [Row] { try await query(sql, []) }

    /// The first row of a statement, or nil where it has none.
    public func first(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> Row? {
        try await query(sql, parameters).first
    }
}
