/// What became of a tick.
public enum TickVerdict: Hashable, Sendable {
    /// It counts.
    case taken
    /// It was there already: the same source told it twice.
    case duplicate
    /// It is older than the window: what it belongs to is final.
    case late
    /// It lies further ahead of the clock than a source's clock may be off.
    case ahead
}
