/// Growable bytes with a read mark and a write mark.
///
/// ```
///   |  consumed  |  readable (`span`)  |  spare  |
///   0        readIndex             writeIndex   capacity
/// ```
/// Owns its memory, so it cannot be copied. Memory is taken at the first append and given back by ``release()`` or at
/// the end of its life: an idle connection's buffers cost nothing but the struct.
@frozen
@safe public struct ByteBuffer: ~Copyable {
    // Invariant: `base` is valid for `capacity` bytes (nil when capacity is 0), bytes below `writeIndex` are
    // initialised, and 0 ≤ readIndex ≤ writeIndex ≤ capacity.
    @usableFromInline var base: UnsafeMutablePointer<UInt8>?
    /// How many bytes fit before the memory grows.
    public private(set) var capacity: Int
    @usableFromInline var readIndex: Int
    @usableFromInline var writeIndex: Int

    /// Makes an empty buffer.
    ///
    /// - Parameter capacity: Bytes to reserve now.
    public init(capacity: Int = 0) {
        precondition(capacity >= 0)
        unsafe base = capacity == 0 ? nil : .allocate(capacity: capacity)
        self.capacity = capacity
        readIndex = 0
        writeIndex = 0
    }

    deinit { unsafe base?.deallocate() }

    /// Bytes appended and not yet consumed.
    @inlinable public var count: Int { writeIndex - readIndex }

    /// Whether nothing is readable.
    @inlinable public var isEmpty: Bool { writeIndex == readIndex }

    /// The readable bytes.
    @inlinable public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let bytes = unsafe UnsafeBufferPointer(
                start: base.map { unsafe UnsafePointer($0 + readIndex) }, count: count)
            return unsafe _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
        }
    }

    /// Lets `body` see the readable bytes.
    ///
    /// For buffers stored in classes, whose ``span`` could not leave the access to the property.
    @inlinable public func withSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(span)
    }

    /// The readable bytes, to change in place.
    @inlinable public var mutableSpan: MutableSpan<UInt8> {
        @_lifetime(&self)
        mutating get {
            let bytes = unsafe UnsafeMutableBufferPointer(
                start: base.map { unsafe $0 + readIndex }, count: count)
            return unsafe _overrideLifetime(MutableSpan(_unsafeElements: bytes), mutating: &self)
        }
    }

    /// Makes room for at least `minimum` more bytes.
    @inlinable public mutating func reserve(_ minimum: Int) {
        if capacity - writeIndex < minimum { grow(minimum) }
    }

    @usableFromInline mutating func grow(_ minimum: Int) {
        let held = count
        // Half of it consumed: moving what is left is cheaper than growing for ever.
        if held + minimum <= capacity, readIndex >= capacity / 2, let base = unsafe base {
            unsafe base.update(from: base + readIndex, count: held)
        } else {
            let newCapacity = max(held + minimum, capacity * 2, 64)
            let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
            if let base = unsafe base {
                unsafe grown.update(from: base + readIndex, count: held)
                unsafe base.deallocate()
            }
            unsafe base = grown
            capacity = newCapacity
        }
        readIndex = 0
        writeIndex = held
    }

    /// Appends one byte.
    @inlinable public mutating func append(_ byte: UInt8) {
        reserve(1)
        // reserve() left room, so base is there.
        unsafe base.unsafelyUnwrapped[writeIndex] = byte
        writeIndex += 1
    }

    /// Appends a copy of `bytes`.
    @inlinable public mutating func append(_ bytes: Span<UInt8>) {
        let added = bytes.count
        guard added > 0 else { return }
        reserve(added)
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe (base.unsafelyUnwrapped + writeIndex).update(
                from: source.baseAddress.unsafelyUnwrapped, count: added)
        }
        writeIndex += added
    }

    /// Appends the UTF-8 of a literal.
    @inlinable public mutating func append(_ literal: StaticString) {
        let added = literal.utf8CodeUnitCount
        guard added > 0 else { return }
        reserve(added)
        literal.withUTF8Buffer { source in
            unsafe (base.unsafelyUnwrapped + writeIndex).update(
                from: source.baseAddress.unsafelyUnwrapped, count: added)
        }
        writeIndex += added
    }

    /// Appends the UTF-8 of a text.
    public mutating func append(text: String) {
        var text = text
        let added = text.utf8.count
        guard added > 0 else { return }
        reserve(added)
        text.withUTF8 { source in
            unsafe (base.unsafelyUnwrapped + writeIndex).update(
                from: source.baseAddress.unsafelyUnwrapped, count: added)
        }
        writeIndex += added
    }

    /// Appends the bytes of an array.
    @inlinable public mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

    /// Appends an integer in decimal digits.
    public mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    /// Appends an unsigned integer in decimal digits.
    public mutating func append(decimal value: UInt64) {
        var digits: InlineArray<20, UInt8> = .init(repeating: 0)
        var rest = value
        var index = 20
        repeat {
            index -= 1
            digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        append(digits.span.extracting(index..<20))
    }

    /// Lets `body` write up to `minimum` (or more) spare bytes and counts what it says it wrote.
    ///
    /// - Parameters:
    ///   - minimum: Spare bytes that `body` needs at least.
    ///   - body: Gets the whole spare space; returns how many of its first bytes it initialised.
    @inlinable public mutating func appendUninitialized<E: Error>(
        minimum: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) throws(E) -> Int
    ) throws(E) {
        reserve(minimum)
        let spare = unsafe UnsafeMutableBufferPointer(
            start: base.map { unsafe $0 + writeIndex }, count: capacity - writeIndex)
        let written = try unsafe body(spare)
        precondition(written >= 0 && written <= capacity - writeIndex)
        writeIndex += written
    }

    /// Drops bytes at the front.
    @inlinable public mutating func consume(_ amount: Int) {
        precondition(amount >= 0 && amount <= count)
        readIndex += amount
        if readIndex == writeIndex {
            readIndex = 0
            writeIndex = 0
        }
    }

    /// Drops bytes at the back, so that `length` readable ones stay.
    @inlinable public mutating func truncate(to length: Int) {
        precondition(length >= 0 && length <= count)
        writeIndex = readIndex + length
    }

    /// Drops all bytes and keeps the memory.
    @inlinable public mutating func removeAll() {
        readIndex = 0
        writeIndex = 0
    }

    /// Drops all bytes and gives the memory back.
    public mutating func release() {
        unsafe base?.deallocate()
        unsafe base = nil
        capacity = 0
        readIndex = 0
        writeIndex = 0
    }

    /// Copies the readable bytes into an array.
    public func array() -> [UInt8] { [UInt8](span) }
}
