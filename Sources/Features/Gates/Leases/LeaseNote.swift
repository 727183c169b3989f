/// What the store remembers of a lease, as all processes see it.
public struct LeaseNote: Equatable, Sendable {
    /// Tells it from other notes: the time as it was written.
    public let written: Int64
    /// When the gate was open by it, by the clock of leases.
    public let verifiedAt: Int64

    /// A note.
    public init(written: Int64, verifiedAt: Int64) {
        self.written = written
        self.verifiedAt = verifiedAt
    }
}
