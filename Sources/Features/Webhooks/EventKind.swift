/// What the owner's own service can be told of.
public enum EventKind: String, CaseIterable, Sendable {
    /// Somebody's session has begun.
    case connect
    /// A session has ended.
    case disconnect
    /// The first person has come into a room that was empty.
    case roomOccupied = "room_occupied"
    /// A room has been empty for a while.
    case roomVacated = "room_vacated"
}
