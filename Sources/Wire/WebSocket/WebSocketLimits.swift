/// Whose frames a decoder reads: a server reads masked ones, a client unmasked ones.
@frozen
public enum WebSocketRole: Sendable {
    /// Reads what clients send.
    case server
    /// Reads what a server sends.
    case client
}

/// Bounds of what a peer may send.
public struct WebSocketLimits: Equatable, Sendable {
    // 32 bits each: every connection has a copy.
    private let message: UInt32
    private let frames: UInt32
    private let ratio: UInt32

    /// Bounds for chat.
    ///
    /// - Parameters:
    ///   - messageBytes: Bytes of a message, after inflation too; at most 4 GiB.
    ///   - framesPerMessage: Frames of a message; 0 is no bound.
    ///   - inflateRatio: How many times its size on the wire a compressed message may grow, once it is beyond
    ///     64 KiB; 0 is no bound. Below that size anything is legitimate: a client that sends its last message
    ///     again needs only a few bytes.
    public init(messageBytes: Int = 65_536, framesPerMessage: Int = 1024, inflateRatio: Int = 200) {
        message = UInt32(clamping: messageBytes)
        frames = UInt32(clamping: framesPerMessage)
        ratio = UInt32(clamping: inflateRatio)
    }

    /// Bytes of a message, after inflation too.
    public var messageBytes: Int { Int(message) }
    /// Frames of a message; 0 is no bound.
    public var framesPerMessage: Int { Int(frames) }
    /// How many times its size on the wire a compressed message may grow; 0 is no bound.
    public var inflateRatio: Int { Int(ratio) }

    /// Bytes that a message may have on the wire: what does not compress grows a little.
    var compressedBytes: Int { messageBytes + messageBytes / 8 + 64 }

    /// Bytes that a compressed message may have, given what it has on the wire so far.
    func inflatedBytes(from wireBytes: Int) -> Int {
        guard inflateRatio > 0 else { return messageBytes }
        let (proportional, overflow) = wireBytes.multipliedReportingOverflow(by: inflateRatio)
        return overflow ? messageBytes : min(messageBytes, max(proportional, 65_536))
    }
}
