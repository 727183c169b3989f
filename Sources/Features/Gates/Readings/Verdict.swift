/// An answer in three-valued logic.
public enum Verdict: Equatable, Sendable {
    /// It is so.
    case yes
    /// It is not so.
    case no
    /// Nobody can say.
    case unknown

    /// The opposite; what is unknown stays so.
    public var negated: Verdict {
        switch self {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }
}
