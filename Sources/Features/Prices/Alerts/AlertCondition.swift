public import Decimals

/// What must become true for an alert to fire.
public struct AlertCondition: Hashable, Sendable {
    /// How to compare.
    public let comparison: AlertOperator
    /// With what.
    public let value: ExactDecimal

    /// A condition.
    public init(_ comparison: AlertOperator, _ value: ExactDecimal) {
        self.comparison = comparison
        self.value = value
    }
}
