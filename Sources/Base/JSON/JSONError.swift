/// Why bytes are not the JSON that was asked for, and where.
public struct JSONError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// The input ends before the value does.
        case unexpectedEnd
        /// A byte that cannot stand here; also a byte order mark.
        case unexpectedByte
        /// A value of another kind than asked for.
        case wrongKind
        /// More objects and arrays within each other than allowed.
        case tooDeep
        /// A control character inside a string that ought to be escaped (RFC 8259 §7).
        case controlCharacter
        /// A string that is not UTF-8 (RFC 8259 §8.1).
        case invalidUTF8
        /// A backslash before something that it cannot escape.
        case invalidEscape
        /// Half of a surrogate pair; no text has it.
        case loneSurrogate
        /// A number like `01`, `1.` or `NaN` (RFC 8259 §6).
        case invalidNumber
        /// A number with a fraction or an exponent where a whole one is due.
        case notAnInteger
        /// A whole number beyond 64 bits.
        case outOfRange
        /// A name that its object has twice: readers would disagree which counts.
        case duplicateKey
        /// Something behind the value.
        case trailingBytes
    }

    /// Where in the input, in bytes from its beginning.
    public var offset: Int
    /// What is wrong there.
    public var reason: Reason

    /// An error at a place.
    public init(_ reason: Reason, at offset: Int) {
        self.offset = offset
        self.reason = reason
    }

    /// The place as people count it, for messages about files.
    ///
    /// - Parameter bytes: The input that was read.
    /// - Returns: Line and column, both from 1; columns count characters.
    public func location(in bytes: Span<UInt8>) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.count) {
            if bytes[index] == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if bytes[index] & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }
}
