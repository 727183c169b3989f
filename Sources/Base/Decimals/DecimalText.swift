import Bytes

/// A number's text on its way in: its digits, gathered in two words, and where the point stands.
///
/// ```
///   -  0 0 1 2 3 . 4 5 0 0  e - 2
///          └─ upper ─┘└lower┘   the first 18 digits that count, then 18 more; further ones may only be zeros
/// ```
struct DecimalText {
    private var upper: UInt64 = 0
    private var lower: UInt64 = 0
    // Digits from the first that is not zero on, whether they were gathered or were zeros behind the 36th.
    private var significant = 0
    private var isCutOff = false
    private var fractionDigits = 0
    private var exponent = 0
    private var isNegative = false

    /// More than any text is long, so that a larger exponent cannot be made up for by digits.
    private static let exponentLimit = 1 << 40

    /// Reads a number of JSON's syntax that fills all the bytes.
    init(_ bytes: Span<UInt8>) throws(DecimalError) {
        var index = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") {
            isNegative = true
            index = 1
        }
        let whole = index
        try gatherDigits(bytes, &index)
        // One zero may lead, and then stands alone.
        guard bytes[whole] != UInt8(ascii: "0") || index == whole + 1 else { throw .notANumber }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            try gatherDigits(bytes, &index)
            fractionDigits = index - start
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            exponent = try DecimalText.exponent(bytes, &index)
        }
        guard index == bytes.count else { throw .notANumber }
    }

    /// One digit at least.
    @inline(__always)
    private mutating func gatherDigits(_ bytes: Span<UInt8>, _ index: inout Int) throws(DecimalError) {
        let start = index
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { break }
            gather(digit)
            index += 1
        }
        guard index > start else { throw .notANumber }
    }

    @inline(__always)
    private mutating func gather(_ digit: UInt8) {
        if significant < 18 {
            upper = upper &* 10 &+ UInt64(digit)
            if upper == 0 { return }
        } else if significant < 36 {
            lower = lower &* 10 &+ UInt64(digit)
        } else if digit != 0 {
            isCutOff = true
        }
        significant += 1
    }

    private static func exponent(_ bytes: Span<UInt8>, _ index: inout Int) throws(DecimalError) -> Int {
        var isNegative = false
        if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
            isNegative = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        let start = index
        var value = 0
        while index < bytes.count, ASCII.isDigit(bytes[index]) {
            value = min(value * 10 + Int(bytes[index] - 0x30), exponentLimit)
            index += 1
        }
        guard index > start else { throw .notANumber }
        return isNegative ? -value : value
    }

    /// The units that the text stands for.
    ///
    /// - Parameter rounds: Whether digits behind the last place are rounded half to even, and not refused.
    func units(rounding rounds: Bool = false) throws(DecimalError) -> Int128 {
        guard significant > 0 else { return 0 }
        // The place of the last digit, 0 for ones; the first stands `significant - 1` further left.
        let lastPlace = exponent - fractionDigits
        guard lastPlace + significant <= 18 else { throw .outOfRange }
        guard rounds || !isCutOff else { throw .tooManyPlaces }
        var units = UInt128(upper)
        if significant > 18 {
            units = units * UInt128(PowerOfTen.word(min(significant, 36) - 18)) + UInt128(lower)
        }
        // Zeros behind the 36th digit were counted and not gathered.
        let shift = lastPlace + max(0, significant - 36) + ExactDecimal.places
        if shift >= 0 {
            // Of digits that were not gathered nothing more is known than that they are there.
            guard !isCutOff else { throw .tooManyPlaces }
            units *= PowerOfTen.wide(shift)
        } else if rounds {
            units = DecimalText.rounded(units, shift: -shift, isMore: isCutOff)
            guard units < PowerOfTen.wide(36) else { throw .outOfRange }
        } else {
            guard shift > -36 else { throw .tooManyPlaces }
            let (quotient, remainder) = units.quotientAndRemainder(dividingBy: PowerOfTen.wide(-shift))
            guard remainder == 0 else { throw .tooManyPlaces }
            units = quotient
        }
        return isNegative ? -Int128(units) : Int128(units)
    }

    /// Takes digits off the end, half to even.
    ///
    /// - Parameter isMore: Whether there were further digits behind them.
    private static func rounded(_ units: UInt128, shift: Int, isMore: Bool) -> UInt128 {
        // Fewer than 36 digits, so less than a tenth.
        guard shift <= 36 else { return 0 }
        let divisor = PowerOfTen.wide(shift)
        let (quotient, remainder) = units.quotientAndRemainder(dividingBy: divisor)
        let half = divisor / 2
        let isUp = remainder > half || remainder == half && (isMore || quotient % 2 == 1)
        return quotient + (isUp ? 1 : 0)
    }
}

/// Powers of ten by their exponents.
enum PowerOfTen {
    private static let words: InlineArray<19, UInt64> = .init {
        (0..<$0).reduce(1) { power, _ in power * 10 }
    }

    /// 10 to the power of 0 to 18.
    static func word(_ exponent: Int) -> UInt64 { words[exponent] }

    /// 10 to the power of 0 to 36.
    static func wide(_ exponent: Int) -> UInt128 {
        exponent <= 18
            ? UInt128(words[exponent]) : UInt128(words[18]) * UInt128(words[exponent - 18])
    }
}
