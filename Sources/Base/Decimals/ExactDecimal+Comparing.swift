extension ExactDecimal {
    /// Whether this number is so far from a reference that the difference is more than a share of the reference.
    ///
    /// Nothing is divided or rounded: `|a − b| · 100 > limit · |b|` in 256 bits.
    ///
    /// - Parameters:
    ///   - reference: What 100 % are.
    ///   - limit: The percentage that is still near; not negative.
    public func differs(from reference: ExactDecimal, byMoreThanPercent limit: ExactDecimal) -> Bool {
        let difference = (units - reference.units).magnitude
        return WideProduct(difference, 100 * UInt128(ExactDecimal.unitsPerOne))
            > WideProduct(limit.units.magnitude, reference.units.magnitude)
    }

    /// Whether this number is at least a share of another: `self ≥ share · other`, exactly.
    ///
    /// - Parameters:
    ///   - share: Not negative.
    ///   - other: What 1 is; not negative.
    public func isAtLeast(_ share: ExactDecimal, of other: ExactDecimal) -> Bool {
        guard units >= 0 else { return false }
        return WideProduct(units.magnitude, UInt128(ExactDecimal.unitsPerOne))
            >= WideProduct(share.units.magnitude, other.units.magnitude)
    }
}
