/// What became of an ``AppendRequest``.
public struct AppendResult: Sendable {
    /// The request's ticket.
    public var ticket: UInt64
    /// The request's room.
    public var room: String
    /// What became of it.
    public var outcome: AppendOutcome

    /// The outcome of one request.
    public init(ticket: UInt64, room: String, outcome: AppendOutcome) {
        self.ticket = ticket
        self.room = room
        self.outcome = outcome
    }
}
