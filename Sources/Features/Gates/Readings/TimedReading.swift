public import Bytes

/// A reading and when it was asked for.
public struct TimedReading: Equatable, Sendable {
    /// What was read.
    public let reading: Reading
    /// When the question went out.
    public let checkedAt: Timestamp

    /// A reading of a moment.
    public init(_ reading: Reading, checkedAt: Timestamp) {
        self.reading = reading
        self.checkedAt = checkedAt
    }
}
