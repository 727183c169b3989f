/// What a person may do in a room; the raw values are the wire's.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everything; one per room.
    case owner
    /// Keeps order.
    case moderator
    /// Takes part.
    case member

    /// Whether it is above another one.
    public func outranks(_ other: Role) -> Bool { rank < other.rank }
}
