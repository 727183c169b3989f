extension Array where Element == UInt8 {
    /// Appends a copy of a span.
    public mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a literal.
    public mutating func append(copying literal: StaticString) {
        literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }
}

extension Span where Element == UInt8 {
    /// Whether these are the bytes of a literal but for the case of ASCII letters, on either side.
    @inlinable public func equalsIgnoringCase(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { expected in
            for index in 0..<count
            where unsafe ASCII.lowercase(self[index]) != ASCII.lowercase(expected[index]) {
                return false
            }
            return true
        }
    }
}
