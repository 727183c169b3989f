extension String {
    /// The text in `bytes`, or nil where they are not UTF-8.
    public init?(utf8 bytes: Span<UInt8>) {
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        self = String(copying: text)
    }
}

extension Array where Element == UInt8 {
    /// Copies a span.
    public init(_ bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}

extension Span where Element == UInt8 {
    /// Whether these are exactly the bytes of a literal.
    @inlinable public func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { expected in
            for index in 0..<count where unsafe self[index] != expected[index] { return false }
            return true
        }
    }

    /// Whether these are the same bytes as `other`, byte by byte.
    @inlinable public func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Whether these are the bytes of a literal in lower case, whatever the case of ASCII letters here.
    @inlinable public func equalsIgnoringCase(lowercase literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { expected in
            for index in 0..<count where unsafe ASCII.lowercase(self[index]) != expected[index] {
                return false
            }
            return true
        }
    }
}
