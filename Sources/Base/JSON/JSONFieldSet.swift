/// Which of up to 64 known fields an object has had, so that a second one is refused.
///
/// A pull reader keeps no names; the decoder that knows its fields numbers them and asks here.
@frozen
public struct JSONFieldSet: Equatable, Sendable {
    @usableFromInline var bits: UInt64 = 0

    /// No field yet.
    @inlinable public init() {}

    /// Whether the field was there.
    @inlinable public func contains(_ field: Int) -> Bool { bits & (1 << UInt64(field)) != 0 }

    /// Notes a field.
    ///
    /// - Parameters:
    ///   - field: Its number, 0…63.
    ///   - key: Where it stands, for the error.
    /// - Throws: ``JSONError/Reason/duplicateKey`` when it was there before.
    @inlinable public mutating func insert(_ field: Int, at key: JSONKey) throws(JSONError) {
        guard !contains(field) else { throw JSONError(.duplicateKey, at: key.range.lowerBound) }
        bits |= 1 << UInt64(field)
    }
}
