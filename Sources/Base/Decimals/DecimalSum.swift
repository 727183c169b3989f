/// The sum of any number of decimals, exactly, though it may be larger than a decimal can be.
public struct DecimalSum: Hashable, Sendable {
    // The fraction is never negative, also of negative sums, so that equal sums are equal values.
    /// The largest whole number that is not above the sum.
    public private(set) var whole: Int128 = 0
    /// The rest in units of 10⁻¹⁸.
    public private(set) var fraction: Int64 = 0
    /// How many numbers it is the sum of.
    public private(set) var count = 0

    private static let one = Int64(1_000_000_000_000_000_000)

    /// The sum of nothing.
    public init() {}

    /// The sum of numbers.
    public init(_ numbers: some Sequence<ExactDecimal>) {
        for number in numbers { add(number) }
    }

    /// A sum as a store keeps it.
    ///
    /// - Parameters:
    ///   - whole: The largest whole number that is not above the sum.
    ///   - fraction: The rest in units of 10⁻¹⁸, 0 to 10¹⁸ − 1.
    ///   - count: How many numbers it is the sum of; not negative.
    public init?(whole: Int128, fraction: Int64, count: Int) {
        guard fraction >= 0, fraction < DecimalSum.one, count >= 0,
            whole.magnitude <= UInt128(count) * UInt128(DecimalSum.one)
        else { return nil }
        self.whole = whole
        self.fraction = fraction
        self.count = count
    }

    /// Takes a number in.
    public mutating func add(_ number: ExactDecimal) {
        let (quotient, remainder) = number.units.quotientAndRemainder(dividingBy: ExactDecimal.unitsPerOne)
        whole += quotient
        fraction += Int64(truncatingIfNeeded: remainder)
        if fraction < 0 {
            fraction += DecimalSum.one
            whole -= 1
        } else if fraction >= DecimalSum.one {
            fraction -= DecimalSum.one
            whole += 1
        }
        count += 1
    }

    /// Takes in what another sum is the sum of.
    public mutating func add(_ other: DecimalSum) {
        whole += other.whole
        fraction += other.fraction
        if fraction >= DecimalSum.one {
            fraction -= DecimalSum.one
            whole += 1
        }
        count += other.count
    }

    /// Takes a number out that had been taken in.
    public mutating func remove(_ number: ExactDecimal) {
        add(-number)
        count -= 2
    }

    /// The sum.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where it is too large for a decimal.
    public func total() throws(DecimalError) -> ExactDecimal {
        guard whole < Int128(DecimalSum.one), whole >= -Int128(DecimalSum.one),
            let sum = ExactDecimal(units: whole * Int128(DecimalSum.one) + Int128(fraction))
        else { throw .outOfRange }
        return sum
    }

    /// The mean, half to even at the 18th place; nil of nothing.
    public var mean: ExactDecimal? {
        guard count > 0 else { return nil }
        let isNegative = whole < 0
        // One sign for both parts; a sum of at most `count` numbers leaves a quotient below 10¹⁸.
        var (units, parts) = (whole.magnitude, UInt128(fraction))
        if isNegative, fraction > 0 { (units, parts) = (units - 1, UInt128(DecimalSum.one - fraction)) }
        let divisor = UInt128(count)
        let (quotient, remainder) = units.quotientAndRemainder(dividingBy: divisor)
        let rest = (remainder * UInt128(DecimalSum.one) + parts).quotientAndRemainder(dividingBy: divisor)
        let magnitude = WideProduct.rounded(
            quotient * UInt128(DecimalSum.one) + rest.quotient, rest.remainder, of: divisor, .halfEven)
        return ExactDecimal(unchecked: isNegative ? -Int128(magnitude) : Int128(magnitude))
    }
}
