/// The first 2–14 bytes of a frame (RFC 6455 §5.2), already checked.
///
/// ```
///   | FIN RSV1 RSV2 RSV3 opcode(4) | MASK length(7) | 0, 2 or 8 bytes of length | 0 or 4 bytes of mask |
/// ```
struct FrameHeader: Equatable {
    var opcode: Opcode
    var isFinal: Bool
    /// RSV1: the message that this frame begins is compressed (RFC 7692 §6).
    var isCompressed: Bool
    /// How many bytes the header itself has.
    var headerLength: UInt8
    /// The key as a little-endian word, or 0 where there is none.
    var mask: UInt32
    var payloadLength: Int

    static let maximalLength = 14

    /// Reads the header at the start of `bytes`.
    ///
    /// What the first two bytes have wrong is noticed without waiting for the rest.
    ///
    /// - Returns: Nil when there are not enough bytes yet.
    static func read(
        _ bytes: Span<UInt8>, role: WebSocketRole, allowsCompression: Bool
    ) throws(WebSocketError) -> FrameHeader? {
        guard bytes.count >= 2 else { return nil }
        let (first, second) = (bytes[0], bytes[1])
        var header = try readFirst(first, allowsCompression)
        let isMasked = second & 0x80 != 0
        if role == .server, !isMasked { throw .unmasked }
        if role == .client, isMasked { throw .masked }
        let short = Int(second & 0x7F)
        if header.opcode.isControl, short > 125 { throw .longControl }
        let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
        header.headerLength = UInt8(2 + lengthBytes + (isMasked ? 4 : 0))
        guard bytes.count >= Int(header.headerLength) else { return nil }
        header.payloadLength = lengthBytes == 0 ? short : try readLength(bytes, lengthBytes)
        if isMasked {
            let start = 2 + lengthBytes
            for index in 0..<4 { header.mask |= UInt32(bytes[start + index]) << UInt32(index * 8) }
        }
        return header
    }

    @inline(__always)
    private static func readFirst(_ first: UInt8, _ allowsCompression: Bool) throws(WebSocketError)
        -> FrameHeader
    {
        guard first & (allowsCompression ? 0x30 : 0x70) == 0 else { throw .reservedBits }
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .reservedOpcode }
        let isFinal = first & 0x80 != 0
        let isCompressed = first & 0x40 != 0
        if isCompressed, opcode != .text, opcode != .binary { throw .reservedBits }
        if opcode.isControl, !isFinal { throw .fragmentedControl }
        return FrameHeader(
            opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, headerLength: 2, mask: 0,
            payloadLength: 0)
    }

    private static func readLength(_ bytes: Span<UInt8>, _ lengthBytes: Int) throws(WebSocketError) -> Int {
        var length: UInt64 = 0
        for index in 2..<2 + lengthBytes { length = length << 8 | UInt64(bytes[index]) }
        guard length >= (lengthBytes == 2 ? 126 : 65_536), length <= UInt64(Int.max) else {
            throw .invalidLength
        }
        return Int(length)
    }
}
