/// A list of texts as a JSON array, the form that it has in a column; NULL where it is empty.
enum TextList {
    /// The column's value.
    static func encode(_ texts: [String]) -> DatabaseValue {
        if texts.isEmpty { return .null }
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let hexDigits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                bytes += Array("\\u00".utf8) + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The texts of a column that ``encode(_:)`` made.
    static func decode(_ column: String?) throws(StorageError) -> [String] {
        guard let column else { return [] }
        var texts: [String] = []
        var text: [UInt8]?
        var bytes = column.utf8.makeIterator()
        while let byte = bytes.next() {
            switch (byte, text == nil) {
            case (UInt8(ascii: "\""), true): text = []
            case (UInt8(ascii: "\""), false):
                texts.append(String(decoding: text ?? [], as: UTF8.self))
                text = nil
            case (UInt8(ascii: "\\"), false): text?.append(try escaped(&bytes))
            case (_, false): text?.append(byte)
            default: break
            }
        }
        guard text == nil else { throw .corrupt("a list of texts is cut off") }
        return texts
    }

    private static func escaped(_ bytes: inout String.UTF8View.Iterator) throws(StorageError) -> UInt8 {
        let byte = bytes.next()
        guard byte == UInt8(ascii: "u") else {
            guard let byte else { throw .corrupt("a list of texts is cut off") }
            return byte
        }
        var digits: [UInt8] = []
        for _ in 0..<4 { if let digit = bytes.next() { digits.append(digit) } }
        guard digits.count == 4, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw .corrupt("a list of texts has a bad escape")
        }
        return value
    }
}
