/// A decimal number without rounding errors: 36 digits, 18 of them behind the point.
///
/// Counts units of 10⁻¹⁸ and stays below 10¹⁸ in magnitude, so a price, an amount or a volume is the same number in every
/// text, message, table and comparison. What does not fit is an error and never an approximation; only products,
/// quotients and means round, by a rule that the caller names or the operation states.
@frozen
public struct ExactDecimal: Hashable, Sendable, BitwiseCopyable {
    /// How many units of 10⁻¹⁸; below ``unitLimit`` in magnitude.
    public let units: Int128

    /// Digits behind the point.
    public static let places = 18

    /// Units in 1.
    @inlinable public static var unitsPerOne: Int128 { 1_000_000_000_000_000_000 }

    /// The first number of units that is too many: 10³⁶.
    @inlinable public static var unitLimit: Int128 { unitsPerOne * unitsPerOne }

    @inlinable init(unchecked units: Int128) { self.units = units }

    /// A number by its units of 10⁻¹⁸, or nil where they are too many.
    @inlinable public init?(units: Int128) {
        guard units < ExactDecimal.unitLimit, units > -ExactDecimal.unitLimit else { return nil }
        self.units = units
    }

    /// A whole number.
    ///
    /// - Throws: ``DecimalError/outOfRange`` at 10¹⁸ and beyond.
    @inlinable public init(_ whole: Int64) throws(DecimalError) {
        self.init(unchecked: Int128(whole) * ExactDecimal.unitsPerOne)
        guard units < ExactDecimal.unitLimit, units > -ExactDecimal.unitLimit else { throw .outOfRange }
    }

    /// Nothing.
    @inlinable public static var zero: ExactDecimal { ExactDecimal(unchecked: 0) }

    /// The greatest number: 18 nines on each side of the point.
    @inlinable public static var greatest: ExactDecimal { ExactDecimal(unchecked: unitLimit - 1) }

    /// The smallest number above zero.
    @inlinable public static var smallestStep: ExactDecimal { ExactDecimal(unchecked: 1) }

    /// Whether the number is above zero.
    @inlinable public var isPositive: Bool { units > 0 }

    /// Whether the number is below zero.
    @inlinable public var isNegative: Bool { units < 0 }

    /// What stands before the point, with the sign.
    @inlinable public var wholePart: Int64 {
        Int64(truncatingIfNeeded: units / ExactDecimal.unitsPerOne)
    }
}

extension ExactDecimal: Comparable {
    /// Whether the first number is less.
    @inlinable public static func < (a: ExactDecimal, b: ExactDecimal) -> Bool { a.units < b.units }
}

extension ExactDecimal: ExpressibleByIntegerLiteral {
    /// A number by a literal of at most 32 bits, all of which fit.
    @inlinable public init(integerLiteral whole: Int32) {
        self.init(unchecked: Int128(whole) * ExactDecimal.unitsPerOne)
    }
}
