import Outbound

extension UnknownReason {
    init(_ error: HTTPClientError) {
        switch error {
        case .timeout: self = .timeout
        case .tooLarge: self = .tooLarge
        case .cancelled, .closed: self = .cancelled
        case .badURL, .refusedAddress, .unknownHost, .unreachable, .tls: self = .unreachable
        }
    }

    /// Whether another node may say more.
    var isWorthAnother: Bool {
        switch self {
        case .cancelled, .overBudget, .tooMany, .refused(RPCAnswer.invalidParameters): false
        default: true
        }
    }
}
