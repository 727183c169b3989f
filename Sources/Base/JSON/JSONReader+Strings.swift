import Bytes

/// A string as it stands in the input, between its quotes.
struct JSONStringToken {
    var range: Range<Int>
    var hasEscapes: Bool
    /// False when it may have bytes above 127; they are still to be checked.
    var isASCII: Bool
}

extension JSONReader {
    /// Reads a string and decodes its escapes.
    public mutating func readString() throws(JSONError) -> String {
        guard try nextByte() == UInt8(ascii: "\"") else { throw JSONError(.wrongKind, at: position) }
        return try decode(scanString())
    }

    /// Finds the end of the string whose opening quote is next; escapes and UTF-8 are checked afterwards.
    mutating func scanString() throws(JSONError) -> JSONStringToken {
        let start = position + 1
        var index = start
        var hasEscapes = false
        var seen: UInt64 = 0
        while true {
            index = skipPlain(from: index, &seen)
            guard index < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                let isASCII = seen & ByteLanes.highBits == 0
                return JSONStringToken(range: start..<index, hasEscapes: hasEscapes, isASCII: isASCII)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index += 2
            default:
                throw JSONError(.controlCharacter, at: index)
            }
        }
    }

    /// The next quote, backslash or control character, eight bytes at a time; `seen` gathers what it passes.
    private func skipPlain(from start: Int, _ seen: inout UInt64) -> Int {
        var index = start
        let count = bytes.count
        while count - index >= 8 {
            let word = bytes.word(at: index)
            seen |= word
            let stop = JSONString.special(word)
            if stop != 0 { return index + stop.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = bytes[index]
            seen |= UInt64(byte)
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }

    /// Checks a string without making one.
    func validate(_ token: JSONStringToken) throws(JSONError) {
        if token.hasEscapes {
            _ = try decode(token)
        } else if !token.isASCII, !UTF8Validator.isValid(bytes.extracting(token.range)) {
            throw JSONError(.invalidUTF8, at: token.range.lowerBound)
        }
    }

    /// A string's text.
    func decode(_ token: JSONStringToken) throws(JSONError) -> String {
        if token.hasEscapes { return try decodeEscapes(token.range) }
        guard let text = String(utf8: bytes.extracting(token.range)) else {
            throw JSONError(.invalidUTF8, at: token.range.lowerBound)
        }
        return text
    }

    private func decodeEscapes(_ range: Range<Int>) throws(JSONError) -> String {
        var text = ByteBuffer(capacity: range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == UInt8(ascii: "\\") {
                JSONString.append(try decodeEscape(at: &index, range.upperBound), to: &text)
                continue
            }
            let start = index
            while index < range.upperBound, bytes[index] != UInt8(ascii: "\\") { index += 1 }
            text.append(bytes.extracting(start..<index))
        }
        guard let decoded = String(utf8: text.span) else {
            throw JSONError(.invalidUTF8, at: range.lowerBound)
        }
        return decoded
    }

    /// One escape, or the two that make a pair of surrogates.
    private func decodeEscape(at index: inout Int, _ end: Int) throws(JSONError) -> Unicode.Scalar {
        let start = index
        // The scan jumped over the byte behind each backslash, so it is inside the string.
        let letter = bytes[index + 1]
        index += 2
        guard letter == UInt8(ascii: "u") else {
            guard let scalar = JSONString.unescape(letter) else { throw JSONError(.invalidEscape, at: start) }
            return scalar
        }
        let unit = try hexUnit(at: &index, end, start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, end - index >= 6, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw JSONError(.loneSurrogate, at: start) }
        index += 2
        let low = try hexUnit(at: &index, end, start)
        let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + UInt32(low) &- 0xDC00
        guard low & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(value) else {
            throw JSONError(.loneSurrogate, at: start)
        }
        return scalar
    }

    private func hexUnit(at index: inout Int, _ end: Int, _ start: Int) throws(JSONError) -> UInt16 {
        guard end - index >= 4 else { throw JSONError(.invalidEscape, at: start) }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = ASCII.hexValue(bytes[index]) else { throw JSONError(.invalidEscape, at: start) }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}
