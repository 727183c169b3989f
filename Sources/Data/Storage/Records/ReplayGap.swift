/// Why a client cannot get what it missed; the raw values are the wire's.
public enum ReplayGap: String, Sendable, Hashable {
    /// More than may follow.
    case limit
    /// Some of it is no longer kept.
    case retention
    /// Another numbering, or a position beyond the newest.
    case epoch
}
