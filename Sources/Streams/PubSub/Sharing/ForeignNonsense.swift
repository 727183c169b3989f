import Telemetry

/// What other programs publish on our channels that is not as protocol/broker.md says.
public enum ForeignNonsense {
    /// Counts one more such message, and says so of the first: whoever sends one often sends many.
    ///
    /// - Parameters:
    ///   - channel: Where it came, as the broker names it.
    ///   - count: How many there were.
    public static func note(on channel: String, _ count: inout Int) {
        count += 1
        guard count == 1 else { return }
        Log.warning(
            "somebody published on \(channel) what is not as protocol/broker.md says; further ones are only counted"
        )
    }
}
