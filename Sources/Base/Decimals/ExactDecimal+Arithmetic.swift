extension ExactDecimal {
    /// The sum, exactly.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where it is too large.
    @inlinable public func adding(_ other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        guard let sum = ExactDecimal(units: units + other.units) else { throw .outOfRange }
        return sum
    }

    /// The difference, exactly.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where it is too large.
    @inlinable public func subtracting(_ other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
        guard let difference = ExactDecimal(units: units - other.units) else { throw .outOfRange }
        return difference
    }

    /// The number with the other sign.
    @inlinable public static prefix func - (number: ExactDecimal) -> ExactDecimal {
        ExactDecimal(unchecked: -number.units)
    }

    /// The number without its sign.
    @inlinable public var magnitude: ExactDecimal { units < 0 ? -self : self }

    /// The product, rounded at the 18th place.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where it is too large.
    public func multiplied(
        by other: ExactDecimal, _ rounding: DecimalRounding = .halfEven
    ) throws(DecimalError) -> ExactDecimal {
        let product = WideProduct(units.magnitude, other.units.magnitude)
        return try ExactDecimal(
            magnitude: product.divided(by: UInt128(ExactDecimal.unitsPerOne), rounding),
            isNegative: isNegative != other.isNegative)
    }

    /// The product with a whole number, exactly.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where it is too large.
    public func multiplied(byWhole count: Int64) throws(DecimalError) -> ExactDecimal {
        let (product, overflow) = units.multipliedReportingOverflow(by: Int128(count))
        guard !overflow, let result = ExactDecimal(units: product) else { throw .outOfRange }
        return result
    }

    /// The quotient, rounded at the 18th place.
    ///
    /// - Throws: ``DecimalError/divisionByZero``, or ``DecimalError/outOfRange`` where it is too large.
    public func divided(
        by other: ExactDecimal, _ rounding: DecimalRounding = .halfEven
    ) throws(DecimalError) -> ExactDecimal {
        guard other.units != 0 else { throw .divisionByZero }
        let product = WideProduct(units.magnitude, UInt128(ExactDecimal.unitsPerOne))
        return try ExactDecimal(
            magnitude: product.divided(by: other.units.magnitude, rounding),
            isNegative: isNegative != other.isNegative)
    }

    /// The quotient by a whole number, rounded at the 18th place.
    ///
    /// - Throws: ``DecimalError/divisionByZero``.
    public func divided(
        byWhole count: Int64, _ rounding: DecimalRounding = .halfEven
    ) throws(DecimalError) -> ExactDecimal {
        guard count != 0 else { throw .divisionByZero }
        let divisor = UInt128(count.magnitude)
        let (quotient, remainder) = units.magnitude.quotientAndRemainder(dividingBy: divisor)
        return try ExactDecimal(
            magnitude: WideProduct.rounded(quotient, remainder, of: divisor, rounding),
            isNegative: isNegative != (count < 0))
    }

    /// The mean of two numbers; half a unit goes to the even neighbour.
    public static func mean(_ a: ExactDecimal, _ b: ExactDecimal) -> ExactDecimal {
        let sum = a.units + b.units
        let floor = sum >> 1
        return ExactDecimal(unchecked: sum & 1 == 1 && floor & 1 == 1 ? floor + 1 : floor)
    }

    init(magnitude: UInt128, isNegative: Bool) throws(DecimalError) {
        guard magnitude < UInt128(ExactDecimal.unitLimit) else { throw .outOfRange }
        self.init(unchecked: isNegative ? -Int128(magnitude) : Int128(magnitude))
    }
}
