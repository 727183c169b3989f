import CSQLite
import Storage
import Synchronization

/// One connection to the file, with its prepared statements.
///
/// A lock guards it, so that a body that leaks its ``Queryable`` can only disturb its own transaction, never memory.
final class SQLiteConnection: Queryable {
    private let session: Mutex<SQLiteSession>

    /// Opens the file, making it where it does not exist.
    init(path: String, readOnly: Bool = false) throws(StorageError) {
        session = Mutex(try SQLiteSession(path: path, readOnly: readOnly))
    }

    func query(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> [Row] {
        try run(sql, parameters)
    }

    func queries(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError) -> [[Row]] {
        try session.withLock { (session) throws(StorageError) in
            var results: [[Row]] = []
            results.reserveCapacity(runs.count)
            for parameters in runs { results.append(try session.run(sql, parameters)) }
            return results
        }
    }

    /// Runs one statement here and now.
    @discardableResult
    func run(_ sql: String, _ parameters: [DatabaseValue] = []) throws(StorageError) -> [Row] {
        try session.withLock { (session) throws(StorageError) in try session.run(sql, parameters) }
    }

    /// Runs statements that are not worth keeping prepared.
    func execute(_ script: String) throws(StorageError) {
        try session.withLock { (session) throws(StorageError) in try session.execute(script) }
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { session.withLock { $0.isInTransaction } }

    /// How many pages the write-ahead log held after the last commit of this connection.
    var logPages: Int { session.withLock { $0.logPages } }

    /// Moves what it can of the write-ahead log into the database, without waiting for anybody.
    func checkpoint() throws(StorageError) {
        try session.withLock { (session) throws(StorageError) in try session.checkpoint() }
    }

    /// Copies the whole database into another file, from one snapshot.
    func copy(to path: String) throws(StorageError) {
        try session.withLock { (session) throws(StorageError) in try session.copy(to: path) }
    }

    /// Gives up the file now rather than when the last owner goes.
    func close() { session.withLock { $0.close() } }
}
