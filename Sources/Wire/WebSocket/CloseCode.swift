/// Why a connection is closed, as its close frame says (RFC 6455 §7.4).
@frozen
public struct CloseCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt16

    /// A code by its number, valid or not.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: done.
    public static var normal: CloseCode { CloseCode(rawValue: 1000) }
    /// 1001: the server stops, or the page is left.
    public static var goingAway: CloseCode { CloseCode(rawValue: 1001) }
    /// 1002: the peer broke the protocol.
    public static var protocolError: CloseCode { CloseCode(rawValue: 1002) }
    /// 1003: a kind of data that is not taken here.
    public static var unsupportedData: CloseCode { CloseCode(rawValue: 1003) }
    /// 1007: the payload is not what its type says, as text that is not UTF-8.
    public static var invalidPayload: CloseCode { CloseCode(rawValue: 1007) }
    /// 1008: against the rules of this endpoint.
    public static var policyViolation: CloseCode { CloseCode(rawValue: 1008) }
    /// 1009: a message beyond the bounds.
    public static var messageTooBig: CloseCode { CloseCode(rawValue: 1009) }
    /// 1011: our fault.
    public static var internalError: CloseCode { CloseCode(rawValue: 1011) }

    /// Whether a close frame may carry it: not 1004–1006 and 1015, nothing unassigned below 3000, nothing from 5000.
    ///
    /// 1012–1014 came after the RFC, by the registry that it set up (§7.4.2).
    public var isAllowedOnWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: return true
        default: return false
        }
    }
}
