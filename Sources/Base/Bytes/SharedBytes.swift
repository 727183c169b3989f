/// Immutable bytes that many owners share: one encoded frame for all its readers.
///
/// Safe to hand to any thread, since nothing can change them; the memory goes with the last owner.
@safe public final class SharedBytes: Sendable {
    // Invariant: valid and initialised for `count` bytes from init to deinit, never written in between; that is
    // why it may cross threads although it holds a pointer.
    private nonisolated(unsafe) let base: UnsafePointer<UInt8>?
    /// How many bytes these are.
    public let count: Int

    /// Copies `bytes`.
    public init(_ bytes: Span<UInt8>) {
        count = bytes.count
        guard bytes.count > 0 else {
            unsafe base = nil
            return
        }
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe memory.initialize(from: source.baseAddress.unsafelyUnwrapped, count: source.count)
        }
        unsafe base = UnsafePointer(memory)
    }

    /// Copies the readable bytes of a buffer.
    public convenience init(_ buffer: borrowing ByteBuffer) { self.init(buffer.span) }

    deinit { unsafe base?.deallocate() }

    /// All the bytes.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let bytes = unsafe UnsafeBufferPointer(start: base, count: count)
            return unsafe _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
        }
    }
}
