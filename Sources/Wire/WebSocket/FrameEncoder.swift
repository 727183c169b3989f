public import Bytes

/// Writes frames (RFC 6455 §5).
///
/// A server's frames are the same bytes for every receiver; a client's are masked, each with a key of its own.
public enum FrameEncoder {
    /// Appends the header of an unmasked frame; `length` bytes of payload must follow.
    public static func appendHeader(
        opcode: Opcode, length: Int, final isFinal: Bool = true, compressed isCompressed: Bool = false,
        to buffer: inout ByteBuffer
    ) {
        buffer.append(firstByte(opcode, isFinal, isCompressed))
        appendLength(length, maskBit: 0, to: &buffer)
    }

    /// How many bytes the header of an unmasked frame has.
    public static func headerLength(payload length: Int) -> Int {
        length < 126 ? 2 : length < 65_536 ? 4 : 10
    }

    /// The payload of a frame that ``append(_:payload:compressed:to:)`` has made.
    @_lifetime(copy frame)
    public static func payload(of frame: Span<UInt8>) -> Span<UInt8> {
        guard frame.count >= 2 else { return frame.extracting(0..<0) }
        let header = frame[1] < 126 ? 2 : frame[1] == 126 ? 4 : 10
        return frame.extracting(min(header, frame.count)...)
    }

    /// Appends a whole message in one unmasked frame.
    public static func append(_ kind: MessageKind, payload: Span<UInt8>, to buffer: inout ByteBuffer) {
        append(kind.opcode, payload: payload, to: &buffer)
    }

    /// Appends a whole unmasked frame.
    ///
    /// - Parameter isCompressed: Whether `payload` is what ``Deflater`` made.
    public static func append(
        _ opcode: Opcode, payload: Span<UInt8>, compressed isCompressed: Bool = false,
        to buffer: inout ByteBuffer
    ) {
        buffer.reserve(payload.count + 10)
        appendHeader(opcode: opcode, length: payload.count, compressed: isCompressed, to: &buffer)
        buffer.append(payload)
    }

    /// Appends a server's close frame.
    ///
    /// - Parameter reason: For people; cut to what fits, between characters.
    public static func appendClose(_ code: CloseCode, reason: String = "", to buffer: inout ByteBuffer) {
        let payload = closePayload(code, reason)
        append(.close, payload: payload.span, to: &buffer)
    }

    /// Appends a client's frame.
    ///
    /// - Parameter key: Four random bytes that nobody can foresee (RFC 6455 §5.3).
    public static func appendMasked(
        _ opcode: Opcode, payload: Span<UInt8>, key: UInt32, final isFinal: Bool = true,
        compressed isCompressed: Bool = false, to buffer: inout ByteBuffer
    ) {
        buffer.reserve(payload.count + 14)
        buffer.append(firstByte(opcode, isFinal, isCompressed))
        appendLength(payload.count, maskBit: 0x80, to: &buffer)
        for index in 0..<4 { buffer.append(UInt8(truncatingIfNeeded: key >> UInt32(index * 8))) }
        Masking.append(payload, key: key, to: &buffer)
    }

    /// Appends a client's close frame.
    public static func appendMaskedClose(
        _ code: CloseCode, reason: String = "", key: UInt32, to buffer: inout ByteBuffer
    ) {
        let payload = closePayload(code, reason)
        appendMasked(.close, payload: payload.span, key: key, to: &buffer)
    }

    private static func closePayload(_ code: CloseCode, _ reason: String) -> InlineControl {
        var payload = ByteBuffer(capacity: 125)
        payload.append(UInt8(truncatingIfNeeded: code.rawValue >> 8))
        payload.append(UInt8(truncatingIfNeeded: code.rawValue))
        for scalar in reason.unicodeScalars {
            guard let units = UTF8.encode(scalar), payload.count + units.count <= 125 else { break }
            for unit in units { payload.append(unit) }
        }
        return InlineControl(payload.span)
    }

    private static func firstByte(_ opcode: Opcode, _ isFinal: Bool, _ isCompressed: Bool) -> UInt8 {
        opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)
    }

    private static func appendLength(_ length: Int, maskBit: UInt8, to buffer: inout ByteBuffer) {
        switch length {
        case ..<126:
            buffer.append(maskBit | UInt8(truncatingIfNeeded: length))
        case ..<65_536:
            buffer.append(maskBit | 126)
            buffer.append(UInt8(truncatingIfNeeded: length >> 8))
            buffer.append(UInt8(truncatingIfNeeded: length))
        default:
            buffer.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                buffer.append(UInt8(truncatingIfNeeded: length >> shift))
            }
        }
    }
}
