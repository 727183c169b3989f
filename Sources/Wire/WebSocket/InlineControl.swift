import Bytes

/// The payload of a control frame: at most 125 bytes, held in place.
@frozen
public struct InlineControl: Sendable {
    @usableFromInline var bytes: InlineArray<125, UInt8>
    @usableFromInline var length: UInt8

    /// No payload.
    public init() {
        bytes = InlineArray(repeating: 0)
        length = 0
    }

    /// Copies the first 125 bytes of `payload`, which are all of a valid frame's.
    public init(_ payload: Span<UInt8>) {
        self.init()
        length = UInt8(min(payload.count, 125))
        for index in 0..<Int(length) { bytes[index] = payload[index] }
    }

    /// How many bytes there are.
    @inlinable public var count: Int { Int(length) }

    /// The bytes.
    @inlinable public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(0..<Int(length)) }
    }
}

extension InlineControl: Equatable {
    /// Whether the payloads are the same.
    public static func == (a: InlineControl, b: InlineControl) -> Bool { a.span.equals(b.span) }
}
