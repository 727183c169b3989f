/// What a refusal is about; the `code` of every error, on the socket and over HTTP.
///
/// `protocol/errors.json` is the published catalogue; a test holds the two together.
public enum ErrorCode: String, CaseIterable, Sendable {
    case invalidMessage = "invalid_message"
    case unknownType = "unknown_type"
    case invalidField = "invalid_field"
    case tooLarge = "too_large"
    case unauthenticated = "unauthenticated"
    case tokenInvalid = "token_invalid"
    case tokenExpired = "token_expired"
    case tokenRevoked = "token_revoked"
    case forbidden = "forbidden"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case unsupportedMediaType = "unsupported_media_type"
    case roomNotFound = "room_not_found"
    case roomArchived = "room_archived"
    case roomFull = "room_full"
    case roomLocked = "room_locked"
    case notJoined = "not_joined"
    case alreadyJoined = "already_joined"
    case notSubscribed = "not_subscribed"
    case tooManyChannels = "too_many_channels"
    case banned = "banned"
    case inviteRequired = "invite_required"
    case inviteInvalid = "invite_invalid"
    case slowMode = "slow_mode"
    case rateLimited = "rate_limited"
    case messageNotFound = "message_not_found"
    case userNotFound = "user_not_found"
    case conflict = "conflict"
    case unavailable = "unavailable"
    case `internal` = "internal"
    case walletRequired = "wallet_required"
    case gateTokenBalance = "gate_token_balance"
    case gateNFTMissing = "gate_nft_missing"
    case gateUnavailable = "gate_unavailable"
    case gateLost = "gate_lost"
    case gateUnverified = "gate_unverified"
    case challengeInvalid = "challenge_invalid"
    case signatureInvalid = "signature_invalid"
    case walletTaken = "wallet_taken"
    case codeInvalid = "code_invalid"
    case priceUnavailable = "price_unavailable"
    case insufficientData = "insufficient_data"
    case preconditionFailed = "precondition_failed"

    /// The HTTP status that goes with it.
    public var httpStatus: Int {
        switch self {
        case .invalidMessage, .unknownType, .invalidField: 400
        case .unauthenticated, .tokenInvalid, .tokenExpired, .tokenRevoked: 401
        case .forbidden, .roomLocked, .notJoined, .notSubscribed, .banned, .inviteRequired, .inviteInvalid,
            .walletRequired, .gateTokenBalance, .gateNFTMissing, .gateLost, .gateUnverified,
            .challengeInvalid,
            .signatureInvalid, .codeInvalid:
            403
        case .notFound, .roomNotFound, .messageNotFound, .userNotFound, .priceUnavailable,
            .insufficientData:
            404
        case .methodNotAllowed: 405
        case .alreadyJoined, .conflict, .walletTaken, .roomFull, .tooManyChannels: 409
        case .roomArchived: 410
        case .preconditionFailed: 412
        case .tooLarge: 413
        case .unsupportedMediaType: 415
        case .slowMode, .rateLimited: 429
        case .internal: 500
        case .unavailable, .gateUnavailable: 503
        }
    }

    /// Whether the same request may succeed later without anything being changed.
    public var isTemporary: Bool {
        switch self {
        case .slowMode, .rateLimited, .unavailable, .internal, .gateUnavailable, .roomFull: true
        default: false
        }
    }
}
