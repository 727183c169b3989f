import Bytes
import Storage

/// A statement's parameters as libpq takes them: texts ended by NUL, whose types the server finds out by itself.
@safe struct PostgresParameters {
    private var bytes: [UInt8] = []
    // Where each begins in `bytes`; -1 for NULL.
    private var offsets: [Int] = []

    init(_ values: [DatabaseValue]) { self.init(rows: [values]) }

    /// The parameters of a statement with several rows, one row's after the other's.
    init(rows: ArraySlice<[DatabaseValue]>) {
        let count = rows.count * (rows.first?.count ?? 0)
        offsets.reserveCapacity(count)
        // As long as a text of ours is in the mean.
        bytes.reserveCapacity(count * 24)
        for row in rows { for value in row { append(value) } }
    }

    private mutating func append(_ value: DatabaseValue) {
        if case .null = value { return offsets.append(-1) }
        offsets.append(bytes.count)
        switch value {
        case .null: break
        case .integer(let number): PostgresText.append(number, to: &bytes)
        case .text(let text): PostgresText.append(text, to: &bytes)
        case .bytes(let value): bytes.append(contentsOf: ("\\x" + Hex.encode(value.span)).utf8)
        }
        bytes.append(0)
    }

    /// Calls `body` with the pointers, which are good until it returns; after the last there is a NULL.
    func withPointers<R>(_ body: (CInt, UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
        unsafe bytes.withUnsafeBytes { bytes in
            var pointers = unsafe [UnsafePointer<CChar>?]()
            unsafe pointers.reserveCapacity(offsets.count + 1)
            let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            for offset in offsets { unsafe pointers.append(offset < 0 ? nil : base?.advanced(by: offset)) }
            unsafe pointers.append(nil)
            return unsafe pointers.withUnsafeBufferPointer {
                unsafe body(CInt(offsets.count), $0.baseAddress)
            }
        }
    }
}
