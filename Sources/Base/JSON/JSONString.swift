import Bytes

/// Escapes of JSON strings (RFC 8259 §7), both ways.
enum JSONString {
    /// Marks the bytes of a word that end a plain run: quotes, backslashes, control characters.
    ///
    /// Exact up to and including the first mark.
    @inline(__always) static func special(_ word: UInt64) -> UInt64 {
        ByteLanes.less(word, than: 0x20)
            | ByteLanes.equal(word, UInt8(ascii: "\"")) | ByteLanes.equal(word, UInt8(ascii: "\\"))
    }

    /// What a one-letter escape stands for.
    static func unescape(_ letter: UInt8) -> Unicode.Scalar? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        default: return nil
        }
    }

    /// Appends one character in UTF-8.
    static func append(_ scalar: Unicode.Scalar, to buffer: inout ByteBuffer) {
        for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { buffer.append(unit) }
    }

    /// Appends text between quotes, escaping what must be and nothing else.
    static func append(quoted text: Span<UInt8>, to buffer: inout ByteBuffer) {
        buffer.reserve(text.count + 2)
        buffer.append(UInt8(ascii: "\""))
        var start = 0
        while start < text.count {
            let stop = plainEnd(of: text, from: start)
            buffer.append(text.extracting(start..<stop))
            if stop < text.count { appendEscape(text[stop], to: &buffer) }
            start = stop + 1
        }
        buffer.append(UInt8(ascii: "\""))
    }

    private static func plainEnd(of text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while text.count - index >= 8 {
            let stop = special(text.word(at: index))
            if stop != 0 { return index + stop.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < text.count {
            let byte = text[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }

    private static func appendEscape(_ byte: UInt8, to buffer: inout ByteBuffer) {
        buffer.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: buffer.append(UInt8(ascii: "b"))
        case 0x09: buffer.append(UInt8(ascii: "t"))
        case 0x0A: buffer.append(UInt8(ascii: "n"))
        case 0x0C: buffer.append(UInt8(ascii: "f"))
        case 0x0D: buffer.append(UInt8(ascii: "r"))
        case 0x00..<0x20:
            buffer.append("u00")
            buffer.append(ASCII.hexDigit(byte >> 4))
            buffer.append(ASCII.hexDigit(byte & 15))
        default: buffer.append(byte)
        }
    }
}
