public import Bytes
public import WebSocket

/// A WebSocket text message, encoded once for all who get it: header and payload, plain and where wanted deflated.
public final class SharedFrame: Sendable {
    /// The frame as it goes to connections without compression.
    public let plain: SharedBytes
    /// The frame as it goes to connections with compression; the plain one where that is not worth it.
    public let deflated: SharedBytes
    /// What becomes of it when a reader lags.
    public let deliveryClass: DeliveryClass
    /// The value that it carries, which the channel's next one replaces.
    let value: StreamValue?

    /// Encodes a payload.
    ///
    /// - Parameters:
    ///   - payload: A JSON object's UTF-8.
    ///   - deflater: Compresses it as well, for a channel that has compressed subscribers.
    ///   - minimum: Payloads of fewer bytes are not compressed: deflate would hardly shrink them.
    public convenience init(
        _ payload: Span<UInt8>, _ deliveryClass: DeliveryClass = .essential, deflater: Deflater? = nil,
        compressing minimum: Int = SharedFrame.compressionMinimum
    ) {
        self.init(payload, deliveryClass, value: nil, deflater: deflater, compressing: minimum)
    }

    /// Encodes a payload with a value.
    convenience init(_ payload: Span<UInt8>, value: StreamValue, deflater: Deflater?) {
        self.init(
            payload, .value, value: value, deflater: deflater, compressing: SharedFrame.compressionMinimum)
    }

    private init(
        _ payload: Span<UInt8>, _ deliveryClass: DeliveryClass, value: StreamValue?, deflater: Deflater?,
        compressing minimum: Int
    ) {
        var buffer = ByteBuffer(capacity: payload.count + 10)
        FrameEncoder.append(.text, payload: payload, to: &buffer)
        let plain = SharedBytes(buffer)
        self.plain = plain
        self.deliveryClass = deliveryClass
        self.value = value
        guard let deflater, payload.count >= minimum else {
            deflated = plain
            return
        }
        var compressed = ByteBuffer()
        deflater.append(payload, to: &compressed)
        guard compressed.count < payload.count else {
            deflated = plain
            return
        }
        buffer.removeAll()
        FrameEncoder.appendHeader(opcode: .text, length: compressed.count, compressed: true, to: &buffer)
        buffer.append(compressed.span)
        deflated = SharedBytes(buffer)
    }

    /// Encodes a payload that is shared already.
    public convenience init(_ payload: SharedBytes) { self.init(payload.span) }

    /// Payloads below this many bytes are sent as they are.
    public static let compressionMinimum = 128

    /// How much memory it holds, roughly.
    public var cost: Int {
        plain.count + (deflated === plain ? 0 : deflated.count) + (value?.entry.count ?? 0) + 64
    }
}
