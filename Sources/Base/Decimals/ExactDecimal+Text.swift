public import Bytes

extension ExactDecimal {
    /// The most bytes that a number takes: a sign, 18 digits, a point, 18 digits.
    public static let textLimit = 38

    /// Reads a number in JSON's syntax, exponents included, exactly.
    ///
    /// `1`, `-0.10`, `6.4e4`; no blanks, no `+` in front, no `.5`, no `NaN`. Digits behind the 18th place are refused unless
    /// they are zeros.
    ///
    /// - Parameter bytes: The text, all of it.
    /// - Throws: ``DecimalError`` where it is no number, or one that does not fit.
    public init(parsing bytes: Span<UInt8>) throws(DecimalError) {
        self.init(unchecked: try DecimalText(bytes).units())
    }

    /// Reads a number in JSON's syntax, exponents included, exactly.
    ///
    /// - Throws: ``DecimalError`` where it is no number, or one that does not fit.
    public init(_ text: String) throws(DecimalError) {
        try self.init(parsing: text.utf8Span.span)
    }

    /// Reads a number as ``init(_:)`` does, and rounds digits behind the 18th place half to even: for the numbers of others,
    /// who print binary floating point.
    ///
    /// - Throws: ``DecimalError`` where it is no number, or one that does not fit.
    public init(rounding text: String) throws(DecimalError) {
        self.init(unchecked: try DecimalText(text.utf8Span.span).units(rounding: true))
    }

    /// The one text of the number: no exponent, no zeros that say nothing, no negative zero.
    public var text: String {
        withText { String(utf8: $0) ?? "" }
    }

    /// Appends the one text of the number.
    public func append(to buffer: inout ByteBuffer) {
        withText { buffer.append($0) }
    }

    /// Lets `body` see the one text of the number, which is ASCII.
    public func withText<R>(_ body: (Span<UInt8>) -> R) -> R {
        var digits: InlineArray<38, UInt8> = .init(repeating: 0)
        let start = write(to: &digits)
        var end = 38
        // Behind the point only what says something; the point itself stands at 19.
        if digits[19] == UInt8(ascii: ".") {
            while digits[end - 1] == UInt8(ascii: "0") { end -= 1 }
        } else {
            end = 19
        }
        return body(digits.span.extracting(start..<end))
    }

    /// Writes sign and whole part so that they end before 19, and the point and the fraction from there on.
    ///
    /// Leaves the point out where the fraction is zero.
    ///
    /// - Returns: Where the text starts.
    private func write(to digits: inout InlineArray<38, UInt8>) -> Int {
        let magnitude = units.magnitude
        // The upper word is below 10¹⁸ for all numbers in range, so one division of the processor's does it.
        let one = UInt64(1_000_000_000_000_000_000)
        var (whole, fraction) = one.dividingFullWidth(
            (UInt64(truncatingIfNeeded: magnitude >> 64), UInt64(truncatingIfNeeded: magnitude)))
        if fraction > 0 {
            digits[19] = UInt8(ascii: ".")
            for index in stride(from: 37, through: 20, by: -1) {
                digits[index] = UInt8(truncatingIfNeeded: fraction % 10) | 0x30
                fraction /= 10
            }
        }
        var start = 19
        repeat {
            start -= 1
            digits[start] = UInt8(truncatingIfNeeded: whole % 10) | 0x30
            whole /= 10
        } while whole > 0
        if units < 0 {
            start -= 1
            digits[start] = UInt8(ascii: "-")
        }
        return start
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// The number's text.
    public var description: String { text }
}
