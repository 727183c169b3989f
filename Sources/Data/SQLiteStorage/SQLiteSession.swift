import CSQLite
import Storage

/// SQLite's handle of a connection: not for two threads at once.
@safe struct SQLiteSession: ~Copyable {
    private var handle: OpaquePointer?
    private var statements: [String: Prepared] = [:]
    private let logSize: UnsafeMutablePointer<CInt>

    // A box, since a dictionary holds no noncopyable values.
    private final class Prepared {
        let statement: SQLiteStatement
        init(_ statement: consuming SQLiteStatement) { self.statement = statement }
    }

    // Before SQLite's first use in the process; refused, and no harm, where somebody else was earlier.
    private static let isConfigured = stoa_sqlite3_disable_memory_statistics() == SQLITE_OK

    init(path: String, readOnly: Bool) throws(StorageError) {
        _ = SQLiteSession.isConfigured
        unsafe logSize = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
        unsafe logSize.initialize(to: 0)
        var handle: OpaquePointer?
        // The lock of SQLiteConnection makes SQLite's own mutexes superfluous.
        let access = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = unsafe sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX, nil)
        unsafe self.handle = handle
        guard code == SQLITE_OK else { throw StorageError(sqlite: code, "cannot open \(path)") }
        unsafe sqlite3_extended_result_codes(handle, 1)
        // A person with the sqlite3 shell may hold a lock for a moment.
        unsafe sqlite3_busy_timeout(handle, 5000)
        unsafe sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                unsafe context?.assumingMemoryBound(to: CInt.self).pointee = pages
                return SQLITE_OK
            }, logSize)
    }

    deinit {
        // close_v2 waits for the statements, which go with this value.
        unsafe sqlite3_close_v2(handle)
        unsafe logSize.deallocate()
    }

    mutating func close() {
        statements.removeAll()
        unsafe sqlite3_close_v2(handle)
        unsafe handle = nil
    }

    var isInTransaction: Bool {
        guard let handle = unsafe handle else { return false }
        return unsafe sqlite3_get_autocommit(handle) == 0
    }

    var logPages: Int { Int(unsafe logSize.pointee) }

    mutating func run(_ sql: String, _ parameters: [DatabaseValue]) throws(StorageError) -> [Row] {
        if let prepared = statements[sql] { return try prepared.statement.run(parameters) }
        let prepared = Prepared(try unsafe SQLiteStatement(sql, on: open()))
        statements[sql] = prepared
        return try prepared.statement.run(parameters)
    }

    func execute(_ script: String) throws(StorageError) {
        let handle = try unsafe open()
        try unsafe check(sqlite3_exec(handle, script, nil, nil, nil))
    }

    func checkpoint() throws(StorageError) {
        let handle = try unsafe open()
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        // Busy means that another checkpoint runs: fine.
        if code != SQLITE_BUSY, code != SQLITE_LOCKED { try check(code) }
    }

    func copy(to path: String) throws(StorageError) {
        let source = try unsafe open()
        let target = try SQLiteSession(path: path, readOnly: false)
        guard let copy = unsafe sqlite3_backup_init(target.handle, "main", source, "main") else {
            throw StorageError(sqlite: unsafe sqlite3_errcode(target.handle), "cannot write \(path)")
        }
        // All pages in one step: one snapshot, and writers to the log go on meanwhile.
        let step = unsafe sqlite3_backup_step(copy, -1)
        let finish = unsafe sqlite3_backup_finish(copy)
        guard step == SQLITE_DONE, finish == SQLITE_OK else {
            throw StorageError(sqlite: step == SQLITE_DONE ? finish : step, "cannot copy to \(path)")
        }
    }

    private func open() throws(StorageError) -> OpaquePointer {
        guard let handle = unsafe handle else { throw .unavailable("the store is closed") }
        return unsafe handle
    }

    private func check(_ code: CInt) throws(StorageError) {
        guard code != SQLITE_OK else { return }
        throw StorageError(sqlite: code, unsafe String(cString: sqlite3_errmsg(handle)))
    }
}
