public import Bytes

/// What became of a code.
public enum RedemptionOutcome: Sendable, Hashable {
    /// The person may join this room.
    case accepted(room: String)
    /// No such code.
    case unknown
    /// It was good until this moment.
    case expired(Timestamp)
    /// It is for somebody else.
    case forAnother
}
