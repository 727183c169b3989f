import Bytes

/// A fixed piece of memory that a loop lends for the length of a call.
@safe struct ScratchBuffer: ~Copyable {
    // Invariant: valid and initialised for `capacity` bytes from init to deinit.
    private let base: UnsafeMutablePointer<UInt8>
    let capacity: Int

    init(capacity: Int) {
        unsafe base = .allocate(capacity: capacity)
        unsafe base.initialize(repeating: 0, count: capacity)
        self.capacity = capacity
    }

    deinit { unsafe base.deallocate() }

    /// All of it.
    var pointer: UnsafeMutablePointer<UInt8> {
        @unsafe get { unsafe base }
    }

    /// Puts bytes at the beginning.
    func copy(_ bytes: Span<UInt8>) {
        precondition(bytes.count <= capacity)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe base.update(from: start, count: source.count)
        }
    }

    /// Lends the first bytes, to change in place; one borrower at a time.
    func withPrefix(_ count: Int, _ body: (inout MutableSpan<UInt8>) -> Void) {
        precondition(count <= capacity)
        let bytes = unsafe UnsafeMutableBufferPointer(start: base, count: count)
        var span = unsafe MutableSpan(_unsafeElements: bytes)
        body(&span)
    }
}
