import CSQLite
import Storage

extension StorageError {
    /// What one of SQLite's result codes means to us.
    init(sqlite code: CInt, _ message: String) {
        switch code & 0xFF {
        case SQLITE_FULL: self = .diskFull
        case SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_PROTOCOL:
            self = .inputOutput("\(message) (\(code))")
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_INTERRUPT: self = .unavailable(message)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
        case SQLITE_CONSTRAINT: self = .conflict(message)
        default: self = .statement("\(message) (\(code))")
        }
    }
}
