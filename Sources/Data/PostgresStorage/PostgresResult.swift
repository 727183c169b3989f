import Bytes
import CPostgres
import Storage

/// What the server answered to one statement.
@safe struct PostgresResult: ~Copyable {
    private let handle: OpaquePointer

    /// Takes ownership of libpq's result.
    init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQclear(handle) }

    var status: ExecStatusType { unsafe PQresultStatus(handle) }

    /// The command that was done, as `COMMIT`.
    var command: String { unsafe String(cString: PQcmdStatus(handle)) }

    /// The error's SQLSTATE; of what libpq itself noticed, a lost connection's.
    var state: String {
        guard let state = unsafe stoa_pq_state(handle) else { return "08006" }
        return unsafe String(cString: state)
    }

    var message: String { unsafe String(cString: PQresultErrorMessage(handle)) }

    func rows() throws(StorageError) -> [Row] {
        let (rowCount, columnCount) = unsafe (PQntuples(handle), PQnfields(handle))
        if rowCount == 0 { return [] }
        let types = (0..<columnCount).map { unsafe PQftype(handle, $0) }
        var rows: [Row] = []
        rows.reserveCapacity(Int(rowCount))
        for row in 0..<rowCount {
            var values: [DatabaseValue] = []
            values.reserveCapacity(Int(columnCount))
            for column in 0..<columnCount {
                values.append(try value(row, column, types[Int(column)]))
            }
            rows.append(Row(values))
        }
        return rows
    }

    private func value(_ row: CInt, _ column: CInt, _ type: Oid) throws(StorageError) -> DatabaseValue {
        guard unsafe PQgetisnull(handle, row, column) == 0, let base = unsafe PQgetvalue(handle, row, column)
        else { return .null }
        let count = Int(unsafe PQgetlength(handle, row, column))
        return try unsafe base.withMemoryRebound(to: UInt8.self, capacity: count) {
            base throws(StorageError) in
            let utf8 = unsafe UnsafeBufferPointer(start: base, count: count)
            switch type {
            case 16: return .bool(unsafe utf8.first == UInt8(ascii: "t"))
            // int8, int2, int4, oid, and numeric, which sums are.
            case 20, 21, 23, 26, 1700:
                guard let number = Int64(unsafe String(decoding: utf8, as: UTF8.self)) else {
                    throw StorageError.corrupt("a number is none")
                }
                return .integer(number)
            case 17:
                // After `\x`.
                guard let bytes = Hex.decode(unsafe [UInt8](utf8.dropFirst(2)).span) else {
                    throw StorageError.corrupt("bytes are none")
                }
                return .bytes(bytes)
            default: return .text(unsafe PostgresText.decode(utf8))
            }
        }
    }
}
