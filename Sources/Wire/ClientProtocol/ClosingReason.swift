/// Why the server closes a client's connection: the close codes of this protocol.
///
/// 4000–4499 invite the client to come back, 4500–4999 do not. RFC 6455's own codes stay for its own cases.
/// `protocol/close-codes.json` is the published catalogue; a test holds the two together.
public enum ClosingReason: UInt16, CaseIterable, Sendable {
    case goingAway = 4000
    case tokenExpired = 4001
    case slow = 4002
    case noPong = 4003
    case `internal` = 4004
    case rateLimited = 4005
    case protocolViolation = 4500
    case tokenInvalid = 4501
    case tokenRevoked = 4502
    case banned = 4503
    case replaced = 4504
    case tooManyConnections = 4505
    case authTimeout = 4506

    /// The reason's name, the first word of a close frame's text.
    public var name: String {
        switch self {
        case .goingAway: "going_away"
        case .tokenExpired: "token_expired"
        case .slow: "slow"
        case .noPong: "no_pong"
        case .internal: "internal"
        case .rateLimited: "rate_limited"
        case .protocolViolation: "protocol_violation"
        case .tokenInvalid: "token_invalid"
        case .tokenRevoked: "token_revoked"
        case .banned: "banned"
        case .replaced: "replaced"
        case .tooManyConnections: "too_many_connections"
        case .authTimeout: "auth_timeout"
        }
    }
}
