/// How many requests for prices and data somebody may make in an hour: what they pay for.
public enum RequestTier: String, CaseIterable, Sendable {
    case free
    case plus
    case pro
    case power

    /// Its usual number of requests in an hour.
    public var usualCount: Int {
        switch self {
        case .free: 100
        case .plus: 1000
        case .pro: 10_000
        case .power: 100_000
        }
    }
}
