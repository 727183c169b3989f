public import Bytes

/// Bytes that gather during a turn and leave at its end, for one connection or for many.
public final class TurnBuffer {
    /// The bytes.
    public var bytes = ByteBuffer()

    /// An empty one.
    public init() {}
}

/// A piece of a turn's bytes that is due to a connection.
public struct Slice {
    /// Where the bytes are.
    public let buffer: TurnBuffer
    /// The first byte's index in the buffer's readable bytes.
    public let start: Int
    /// The index after the last byte.
    public let end: Int

    /// A piece of `buffer`.
    @inlinable public init(_ buffer: TurnBuffer, _ start: Int, _ end: Int) {
        self.buffer = buffer
        self.start = start
        self.end = end
    }

    /// How many bytes it has.
    @inlinable public var count: Int { end - start }

    /// Lets `body` see the bytes after the first `skipped`.
    func withSpan(after skipped: Int = 0, _ body: (Span<UInt8>) -> Void) {
        buffer.bytes.withSpan { body($0.extracting((start + skipped)..<end)) }
    }
}
