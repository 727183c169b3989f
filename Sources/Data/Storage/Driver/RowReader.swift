public import Bytes

/// Takes a row's columns from left to right, each as the type that the reader expects.
///
/// - Throws: Every method throws ``StorageError/corrupt(_:)`` where the column is missing or of another type.
public struct RowReader {
    private let values: [DatabaseValue]
    private var index = 0

    init(_ values: [DatabaseValue]) { self.values = values }

    private mutating func next() throws(StorageError) -> DatabaseValue {
        guard index < values.count else { throw .corrupt("a row has only \(values.count) columns") }
        index += 1
        return values[index - 1]
    }

    private func wrongType(_ expected: String) -> StorageError {
        .corrupt("column \(index) is not \(expected)")
    }

    /// Leaves a column out.
    public mutating func skip() { index += 1 }

    /// The next column as an integer.
    public mutating func integer() throws(StorageError) -> Int64 {
        guard case .integer(let number) = try next() else { throw wrongType("an integer") }
        return number
    }

    /// The next column as an integer or nil.
    public mutating func optionalInteger() throws(StorageError) -> Int64? {
        switch try next() {
        case .integer(let number): return number
        case .null: return nil
        default: throw wrongType("an integer")
        }
    }

    /// The next column as text.
    public mutating func text() throws(StorageError) -> String {
        guard case .text(let text) = try next() else { throw wrongType("text") }
        return text
    }

    /// The next column as text or nil.
    public mutating func optionalText() throws(StorageError) -> String? {
        switch try next() {
        case .text(let text): return text
        case .null: return nil
        default: throw wrongType("text")
        }
    }

    /// The next column as a truth value.
    public mutating func bool() throws(StorageError) -> Bool { try integer() != 0 }

    /// The next column as a moment.
    public mutating func time() throws(StorageError) -> Timestamp { Timestamp(milliseconds: try integer()) }

    /// The next column as a moment or nil.
    public mutating func optionalTime() throws(StorageError) -> Timestamp? {
        try optionalInteger().map { Timestamp(milliseconds: $0) }
    }
}
