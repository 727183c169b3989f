/// Which part of a room's messages.
public enum HistoryPosition: Sendable, Hashable {
    /// The newest.
    case latest
    /// Those next before a seq, which is excluded.
    case before(Int64)
    /// Those next after a seq, which is excluded.
    case after(Int64)
    /// Those next to a seq on both sides, and it.
    case around(Int64)
}
