/// Quotas that all processes count together.
public protocol SharedRates: Sendable {
    /// Takes of a quota, by one clock for all.
    ///
    /// - Parameters:
    ///   - name: Whose, and of what.
    ///   - count: How many there are; at least 1.
    ///   - milliseconds: The time in which all of them come back.
    ///   - cost: How much; what is more than the whole quota takes the whole.
    /// - Returns: Nil where the others cannot be reached: then nobody counts but the process itself.
    func take(_ name: String, count: Int64, milliseconds: Int64, cost: Int64) async -> RateVerdict?

    /// Gives a whole quota back.
    ///
    /// - Returns: Whether any of it was used; false where the others cannot be reached.
    func forget(_ name: String) async -> Bool
}
