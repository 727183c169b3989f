import Bytes

/// The payload of a close frame (RFC 6455 §5.5.1): nothing, or a code and a reason.
enum ClosePayload {
    static func event(_ payload: Span<UInt8>) throws(WebSocketError) -> WebSocketEvent {
        if payload.count == 0 { return .close(code: nil, reason: "") }
        guard payload.count >= 2 else { throw .invalidClose }
        let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isAllowedOnWire else { throw .invalidClose }
        guard let reason = String(utf8: payload.extracting(2...)) else { throw .invalidUTF8 }
        return .close(code: code.rawValue, reason: reason)
    }
}
