/// Why Redis did not do what it was asked.
public enum RedisError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no connection at the moment, or it was lost before the answer came.
    case away
    /// It answered with an error: code and sentence.
    case refused(String)
    /// What came is not RESP2.
    case protocolViolation(String)
    /// An address that is none of Redis', and why.
    case invalidAddress(String)

    /// One sentence.
    public var description: String {
        switch self {
        case .away: "Redis is away"
        case .refused(let words): "Redis refused: \(words)"
        case .protocolViolation(let words): "what Redis sent is not its protocol: \(words)"
        case .invalidAddress(let words): words
        }
    }
}
