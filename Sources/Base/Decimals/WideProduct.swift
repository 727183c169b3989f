/// The product of two magnitudes in full, 256 bits of it.
struct WideProduct: Comparable {
    private let high: UInt128
    private let low: UInt128

    init(_ a: UInt128, _ b: UInt128) {
        let product = a.multipliedFullWidth(by: b)
        high = product.high
        low = product.low
    }

    static func < (a: WideProduct, b: WideProduct) -> Bool {
        a.high < b.high || a.high == b.high && a.low < b.low
    }

    /// The product over a divisor that is not zero, to a whole number.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where that takes more than 128 bits.
    func divided(by divisor: UInt128, _ rounding: DecimalRounding) throws(DecimalError) -> UInt128 {
        guard high < divisor else { throw .outOfRange }
        let (quotient, remainder) =
            high == 0 ? low.quotientAndRemainder(dividingBy: divisor) : divisor.dividingFullWidth((high, low))
        return WideProduct.rounded(quotient, remainder, of: divisor, rounding)
    }

    /// A quotient, one more where its remainder says so.
    static func rounded(
        _ quotient: UInt128, _ remainder: UInt128, of divisor: UInt128, _ rounding: DecimalRounding
    ) -> UInt128 {
        // Not twice the remainder: that might not fit.
        let rest = divisor - remainder
        let isUp = rounding == .halfEven && (remainder > rest || remainder == rest && quotient & 1 == 1)
        return isUp ? quotient + 1 : quotient
    }
}
