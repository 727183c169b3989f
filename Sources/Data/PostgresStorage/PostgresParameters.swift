import Bytes
import Storage

/// A statement's parameters as libpq takes them: texts ended by NUL, whose types the server finds out by itself.
@safe struct PostgresParameters {
    private var bytes: [UInt8] = []
    // Where each begins in `bytes`; -1 for NULL.
    private var offsets: [Int] = []

    init(_ values: [DatabaseValue]) {
        offsets.reserveCapacity(values.count)
        for value in values {
            offsets.append(value == .null ? -1 : bytes.count)
            switch value {
            case .null: continue
            case .integer(let number): bytes.append(contentsOf: String(number).utf8)
            case .text(let text): PostgresText.append(text, to: &bytes)
            case .bytes(let value): bytes.append(contentsOf: ("\\x" + Hex.encode(value.span)).utf8)
            }
            bytes.append(0)
        }
    }

    /// Calls `body` with the pointers, which are good until it returns; after the last there is a NULL.
    func withPointers<R>(_ body: (CInt, UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
        unsafe bytes.withUnsafeBytes { bytes in
            let pointers =
                unsafe offsets.map { offset -> UnsafePointer<CChar>? in
                    guard offset >= 0 else { return nil }
                    return unsafe bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
                } + [nil]
            return unsafe pointers.withUnsafeBufferPointer {
                unsafe body(CInt(offsets.count), $0.baseAddress)
            }
        }
    }
}
