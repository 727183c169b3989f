/// Bounds of alerts.
public struct AlertSettings: Sendable {
    /// How many a person may have.
    public var perPerson = 100

    /// The defaults.
    public init() {}
}
