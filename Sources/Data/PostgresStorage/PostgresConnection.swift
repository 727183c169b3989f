import Storage
import Synchronization

/// One connection to the server, with its prepared statements.
///
/// A lock guards it, so that a body that leaks its ``Queryable`` can only disturb its own transaction, never memory.
final class PostgresConnection: Queryable {
    private let session: Mutex<PostgresSession>

    /// Connects and agrees on how both sides behave.
    init(
        _ target: PostgresTarget, turn: Int = 0, patience: Duration, within: Duration
    ) throws(StorageError) {
        // The server gives up before we do: then it says which statement it was.
        let serverPatience = patience / .milliseconds(1)
        session = Mutex(
            try PostgresSession.connect(target, turn: turn, patience: patience + .seconds(1), within: within))
        let milliseconds = DatabaseValue.text("\(Int64(serverPatience))")
        try run(
            """
            SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false),
                set_config('idle_in_transaction_session_timeout', $1, false)
            """, [[milliseconds]])
        // What is acknowledged is on the disk; more than that (a standby's disk) is the server's to say.
        try run(
            """
            SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off'
            """, [[]])
    }

    func query(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> [Row] {
        try run(sql, [parameters]).first ?? []
    }

    func queries(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError) -> [[Row]] {
        runs.isEmpty ? [] : try run(sql, runs)
    }

    func queries(
        _ sql: String, _ runs: [[DatabaseValue]], meanwhile: () -> Void
    ) async throws(StorageError) -> [[Row]] {
        try session.withLock { (session) throws(StorageError) in
            try session.send(sql, runs, isWanted: true)
            try session.mark()
        }
        meanwhile()
        return try session.withLock { (session) throws(StorageError) in try session.receive() }
    }

    func execute(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError) {
        // What failed before it would take it along.
        if sql.hasPrefix("ROLLBACK TO") { try forgive() }
        try session.withLock { (session) throws(StorageError) in try session.sendUnsettled(sql, runs) }
    }

    /// Runs a statement and waits.
    @discardableResult
    func run(_ sql: String, _ runs: [[DatabaseValue]] = [[]]) throws(StorageError) -> [[Row]] {
        try session.withLock { (session) throws(StorageError) in
            try session.send(sql, runs, isWanted: true)
            return try session.exchange()
        }
    }

    /// Sends a statement that nobody waits for; its error is the next exchange's.
    func send(_ sql: String, _ runs: [[DatabaseValue]] = [[]]) throws(StorageError) {
        try session.withLock { (session) throws(StorageError) in
            try session.send(sql, runs, isWanted: false)
        }
    }

    /// Waits for the statements of bodies that nobody has waited for.
    func settle() throws(StorageError) {
        try session.withLock { (session) throws(StorageError) in
            if session.isUnsettled { _ = try session.exchange() }
        }
    }

    /// Waits for them whether they failed or not, before a rollback to a savepoint.
    func forgive() throws(StorageError) {
        do throws(StorageError) {
            try settle()
        } catch {
            if condition.isGone { throw error }
        }
    }

    /// Ends a transaction that only read; the answer is taken with the next one's.
    func endReading() throws(StorageError) {
        try session.withLock { (session) throws(StorageError) in
            try session.send("COMMIT", [[]], isWanted: false)
            try session.mark()
        }
    }

    /// Ends the transaction: when this returns it is durable.
    ///
    /// - Throws: Why it is not; where ``condition`` says that the connection is gone, it may be nevertheless.
    func commit() throws(StorageError) {
        try session.withLock { (session) throws(StorageError) in
            try session.sendCommit()
            _ = try session.exchange()
        }
    }

    /// Gives the transaction up, where the connection still is.
    func rollback() {
        session.withLock { session in
            // What was sent without waiting may fail, and then the first ROLLBACK is skipped with it.
            for _ in 0..<2 where !session.condition.isGone {
                do throws(StorageError) {
                    try session.send("ROLLBACK", [[]], isWanted: false)
                    _ = try session.exchange()
                    return
                } catch {}
            }
        }
    }

    /// What the last error means for the transaction and for the connection.
    var condition: PostgresCondition { session.withLock { $0.condition } }
}
