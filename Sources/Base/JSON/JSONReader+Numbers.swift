import Bytes

extension JSONReader {
    /// Reads a whole number of at most 64 bits.
    ///
    /// - Throws: ``JSONError/Reason/notAnInteger`` for a fraction or an exponent, even where its value is whole;
    ///   ``JSONError/Reason/outOfRange`` beyond `Int64`.
    public mutating func readInt() throws(JSONError) -> Int64 {
        let range = try readNumber()
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        // Gathered as a negative: that range reaches one further.
        var value: Int64 = 0
        for index in (isNegative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound {
            guard ASCII.isDigit(bytes[index]) else { throw JSONError(.notAnInteger, at: range.lowerBound) }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, underflow) = shifted.subtractingReportingOverflow(Int64(bytes[index] - 0x30))
            guard !overflow, !underflow else { throw JSONError(.outOfRange, at: range.lowerBound) }
            value = next
        }
        if isNegative { return value }
        guard value != .min else { throw JSONError(.outOfRange, at: range.lowerBound) }
        return -value
    }

    /// Reads a number of any size and form.
    ///
    /// - Returns: Where its text stands.
    public mutating func readNumber() throws(JSONError) -> Range<Int> {
        let first = try nextByte()
        let start = position
        guard first == UInt8(ascii: "-") || ASCII.isDigit(first) else {
            throw JSONError(.wrongKind, at: start)
        }
        if first == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
            guard position == bytes.count || !ASCII.isDigit(bytes[position]) else {
                throw JSONError(.invalidNumber, at: start)
            }
        } else {
            try skipDigits(of: start)
        }
        try skipFraction(of: start)
        return start..<position
    }

    private mutating func skipFraction(of start: Int) throws(JSONError) {
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits(of: start)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            try skipDigits(of: start)
        }
    }

    /// One digit at least.
    private mutating func skipDigits(of start: Int) throws(JSONError) {
        let first = position
        while position < bytes.count, ASCII.isDigit(bytes[position]) { position += 1 }
        guard position > first else {
            throw JSONError(position == bytes.count ? .unexpectedEnd : .invalidNumber, at: start)
        }
    }
}
