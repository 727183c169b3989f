import CSQLite
import Storage

/// A prepared statement of one connection.
///
/// Bound values are copied by SQLite, and columns are copied out of it, so that no pointer outlives a call.
@safe struct SQLiteStatement: ~Copyable {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let columnCount: CInt

    /// Prepares a statement whose parameters are written `$n`.
    init(_ sql: String, on connection: OpaquePointer) throws(StorageError) {
        var handle: OpaquePointer?
        // SQLite numbers `$n` by first appearance, `?n` by its number.
        let text = SQLiteStatement.withNumberedParameters(sql)
        let code = unsafe sqlite3_prepare_v3(
            connection, text, -1, CUnsignedInt(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle = unsafe handle else {
            throw StorageError(sqlite: code, unsafe String(cString: sqlite3_errmsg(connection)) + ": " + sql)
        }
        unsafe self.handle = handle
        unsafe self.connection = connection
        columnCount = unsafe sqlite3_column_count(handle)
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Runs the statement once and leaves it ready for the next run.
    borrowing func run(_ parameters: [DatabaseValue]) throws(StorageError) -> [Row] {
        defer { unsafe sqlite3_reset(handle) }
        for index in parameters.indices {
            try check(bind(parameters[index], at: CInt(index + 1)))
        }
        var rows: [Row] = []
        while true {
            let code = unsafe sqlite3_step(handle)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw failure(code) }
            rows.append(row())
        }
    }

    private borrowing func bind(_ value: DatabaseValue, at index: CInt) -> CInt {
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            let handle = unsafe handle
            return text.withUTF8 { utf8 in
                guard let base = utf8.baseAddress else {
                    return unsafe stoa_sqlite3_bind_text(handle, index, "", 0)
                }
                return unsafe base.withMemoryRebound(to: CChar.self, capacity: utf8.count) { characters in
                    unsafe stoa_sqlite3_bind_text(handle, index, characters, CInt(clamping: utf8.count))
                }
            }
        case .bytes(let bytes):
            let handle = unsafe handle
            return unsafe bytes.withUnsafeBytes { bytes in
                unsafe stoa_sqlite3_bind_blob(handle, index, bytes.baseAddress, CInt(clamping: bytes.count))
            }
        }
    }

    private borrowing func row() -> Row {
        var values: [DatabaseValue] = []
        values.reserveCapacity(Int(columnCount))
        for index in 0..<columnCount { values.append(column(index)) }
        return Row(values)
    }

    private borrowing func column(_ index: CInt) -> DatabaseValue {
        switch unsafe sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, index))
        case SQLITE_NULL: return .null
        case SQLITE_BLOB:
            let base = unsafe sqlite3_column_blob(handle, index)
            let count = Int(unsafe sqlite3_column_bytes(handle, index))
            return .bytes(unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : count)))
        default:
            // Text first, bytes after: asking in the other order would convert twice.
            let base = unsafe sqlite3_column_text(handle, index)
            let count = Int(unsafe sqlite3_column_bytes(handle, index))
            let utf8 = unsafe UnsafeBufferPointer(start: base, count: base == nil ? 0 : count)
            return .text(unsafe String(decoding: utf8, as: UTF8.self))
        }
    }

    private borrowing func check(_ code: CInt) throws(StorageError) {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private borrowing func failure(_ code: CInt) -> StorageError {
        StorageError(sqlite: code, unsafe String(cString: sqlite3_errmsg(connection)))
    }

    /// The same statement with `?n` for `$n`, quoted text left alone.
    static func withNumberedParameters(_ sql: String) -> String {
        var bytes = Array(sql.utf8)
        var isQuoted = false
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "'") {
                isQuoted.toggle()
            } else if bytes[index] == UInt8(ascii: "$"), !isQuoted {
                bytes[index] = UInt8(ascii: "?")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
