import Bytes

/// Reads strict JSON (RFC 8259) value by value, without a tree.
///
/// The caller says what it expects next; the reader consumes exactly that or throws, and is of no use after it
/// threw. Nothing is repaired: no byte order mark, no comments, no trailing commas, no unpaired surrogates.
/// ```swift
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///     if reader.key(key, equals: "room") { room = try reader.readString() } else { _ = try reader.skipValue() }
/// }
/// try reader.end()
/// ```
public struct JSONReader: ~Escapable {
    let bytes: Span<UInt8>
    let depthLimit: Int
    var depth = 0
    // Right behind an opening bracket no comma is due; everywhere else in an object or array one is.
    var isAtStart = false
    /// How many bytes have been read.
    public internal(set) var position = 0

    /// A reader before the first value of `bytes`.
    ///
    /// - Parameter depthLimit: How many objects and arrays may stand within each other.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, depthLimit: Int = 32) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// What the next value is; nothing but white space is consumed.
    public mutating func peek() throws(JSONError) -> JSONKind {
        switch try nextByte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    /// Enters an object.
    public mutating func beginObject() throws(JSONError) { try open(UInt8(ascii: "{")) }

    /// Enters an array.
    public mutating func beginArray() throws(JSONError) { try open(UInt8(ascii: "[")) }

    /// The next member's name, with its colon; its value must be read next.
    ///
    /// - Returns: Nil at the object's end, which is consumed.
    public mutating func nextKey() throws(JSONError) -> JSONKey? {
        guard try nextItem(closing: UInt8(ascii: "}")) else { return nil }
        guard try nextByte() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
        let token = try scanString()
        try validate(token)
        guard try nextByte() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        return JSONKey(range: token.range, hasEscapes: token.hasEscapes)
    }

    /// Whether a further element follows, which must be read next; at the array's end, which is consumed, false.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try nextItem(closing: UInt8(ascii: "]"))
    }

    /// Whether a name is this one.
    @inlinable public func key(_ key: JSONKey, equals literal: StaticString) -> Bool {
        // Most comparisons end here: a decoder asks for all the names that it knows.
        if key.range.count != literal.utf8CodeUnitCount, !key.hasEscapes { return false }
        return matches(key, literal)
    }

    @usableFromInline func matches(_ key: JSONKey, _ literal: StaticString) -> Bool {
        if key.hasEscapes { return string(of: key) == literal.description }
        return bytes.extracting(key.range).equals(literal)
    }

    /// A name, decoded.
    public func string(of key: JSONKey) -> String {
        // Valid, or nextKey() would have thrown.
        let token = JSONStringToken(range: key.range, hasEscapes: key.hasEscapes, isASCII: false)
        return (try? decode(token)) ?? ""
    }

    /// Reads `true` or `false`.
    public mutating func readBool() throws(JSONError) -> Bool {
        switch try nextByte() {
        case UInt8(ascii: "t"):
            try readLiteral("true")
            return true
        case UInt8(ascii: "f"):
            try readLiteral("false")
            return false
        default:
            throw JSONError(.wrongKind, at: position)
        }
    }

    /// Reads `null` where it stands.
    ///
    /// - Returns: False when the next value is another; nothing of it is consumed.
    public mutating func readNull() throws(JSONError) -> Bool {
        guard try nextByte() == UInt8(ascii: "n") else { return false }
        try readLiteral("null")
        return true
    }

    /// Passes over a value of any kind and validates all of it, except for repeated names.
    ///
    /// - Returns: Where it stands, without white space around it, to be passed on as it is.
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
        let kind = try peek()
        let start = position
        switch kind {
        case .object:
            try beginObject()
            while try nextKey() != nil { _ = try skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { _ = try skipValue() }
        case .string: try validate(scanString())
        case .number: _ = try readNumber()
        case .bool: _ = try readBool()
        case .null: _ = try readNull()
        }
        return start..<position
    }

    /// Requires that only white space follows.
    public mutating func end() throws(JSONError) {
        skipWhiteSpace()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
    }
}

extension JSONReader {
    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, not consumed.
    @inline(__always) mutating func nextByte() throws(JSONError) -> UInt8 {
        // Commands are written without white space.
        if position < bytes.count, bytes[position] > 0x20 { return bytes[position] }
        skipWhiteSpace()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        return bytes[position]
    }

    private mutating func open(_ bracket: UInt8) throws(JSONError) {
        guard try nextByte() == bracket else { throw JSONError(.wrongKind, at: position) }
        guard depth < depthLimit else { throw JSONError(.tooDeep, at: position) }
        depth += 1
        position += 1
        isAtStart = true
    }

    /// Consumes the comma before a further item, or the bracket behind the last.
    @inline(__always) private mutating func nextItem(closing bracket: UInt8) throws(JSONError) -> Bool {
        let byte = try nextByte()
        if byte == bracket {
            depth -= 1
            position += 1
            isAtStart = false
            return false
        }
        if isAtStart {
            isAtStart = false
        } else {
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
        }
        return true
    }

    private mutating func readLiteral(_ literal: StaticString) throws(JSONError) {
        let end = position + literal.utf8CodeUnitCount
        guard end <= bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        guard bytes.extracting(position..<end).equals(literal) else {
            throw JSONError(.unexpectedByte, at: position)
        }
        position = end
    }
}
