/// What a person may do in a room; the raw values are the wire's.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everything; one per room.
    case owner
    /// Keeps order.
    case moderator
    /// Takes part.
    case member
}
