/// Bounds of what a peer may send.
public struct HTTPLimits: Equatable, Sendable {
    /// Bytes of the first line, and of any header line.
    public var lineBytes: Int
    /// Header lines of a message, trailers included.
    public var headerCount: Int
    /// Bytes of all header lines of a message, trailers and chunk extensions included.
    public var headerBytes: Int
    /// Bytes of a body.
    public var bodyBytes: Int

    /// Bounds for chat and its REST.
    public init(
        lineBytes: Int = 8192, headerCount: Int = 100, headerBytes: Int = 16_384, bodyBytes: Int = 1 << 20
    ) {
        self.lineBytes = lineBytes
        self.headerCount = headerCount
        self.headerBytes = headerBytes
        self.bodyBytes = bodyBytes
    }
}
