/// Why there is no risk score.
public enum RiskError: Error, Equatable, Sendable {
    /// These inputs are unknown, by their names on the wire: `insufficient_data`.
    case insufficientData(missing: [String])
    /// This input cannot be, by its name on the wire.
    case invalidInput(String)
}
