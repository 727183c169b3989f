import Bytes

/// Header fields in their order; names compare without case.
///
/// All names and values lie in one array of bytes, so that a request of a dozen fields costs two allocations.
public struct HTTPHeaders: Sendable {
    // A field is its name and, right behind it, its value.
    private struct Field {
        var start: UInt32
        var nameLength: UInt32
        var valueLength: UInt32
    }

    private var bytes: [UInt8] = []
    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// How many fields there are.
    public var count: Int { fields.count }

    /// A field's name, as it was written.
    public func name(at index: Int) -> String { String(decoding: bytes[nameRange(index)], as: UTF8.self) }

    /// A field's value, without white space around it.
    ///
    /// Bytes that are not UTF-8 show as replacement characters; ``valueBytes(at:)`` has them as they came.
    public func value(at index: Int) -> String { String(decoding: bytes[valueRange(index)], as: UTF8.self) }

    /// The bytes of a field's name.
    @_lifetime(borrow self)
    public func nameBytes(at index: Int) -> Span<UInt8> { bytes.span.extracting(nameRange(index)) }

    /// The bytes of a field's value.
    @_lifetime(borrow self)
    public func valueBytes(at index: Int) -> Span<UInt8> { bytes.span.extracting(valueRange(index)) }

    /// The first field of this name from `start` on, or nil.
    public func firstIndex(of name: StaticString, from start: Int = 0) -> Int? {
        for index in start..<max(start, fields.count) where isNamed(index, name) { return index }
        return nil
    }

    /// The value of the first field of this name.
    public subscript(_ name: StaticString) -> String? { firstIndex(of: name).map { value(at: $0) } }

    /// The values of all fields of this name.
    public func values(_ name: StaticString) -> [String] {
        fields.indices.filter { isNamed($0, name) }.map { value(at: $0) }
    }

    /// How many fields have this name.
    public func count(of name: StaticString) -> Int {
        var found = 0
        for index in fields.indices where isNamed(index, name) { found += 1 }
        return found
    }

    /// Whether a list of tokens, which may go over several fields, has this one; case does not matter.
    public func has(token: StaticString, in name: StaticString) -> Bool {
        var next = firstIndex(of: name)
        while let index = next {
            if HTTPHeaders.list(valueBytes(at: index), has: token) { return true }
            next = firstIndex(of: name, from: index + 1)
        }
        return false
    }

    /// Adds a field.
    ///
    /// - Parameters:
    ///   - name: A token.
    ///   - value: Any text; a byte that no value may have, such as a line break, becomes a space, so that no
    ///     value can begin another header.
    public mutating func append(_ name: StaticString, _ value: String) {
        let start = bytes.count
        bytes.append(copying: name)
        precondition(HTTPSyntax.isToken(bytes.span.extracting(start...)))
        let nameLength = bytes.count - start
        for byte in value.utf8 { bytes.append(HTTPSyntax.isValueByte(byte) ? byte : 0x20) }
        addField(start, nameLength)
    }

    /// Removes all fields of a name and adds this one.
    public mutating func set(_ name: StaticString, _ value: String) {
        fields = fields.indices.filter { !isNamed($0, name) }.map { fields[$0] }
        append(name, value)
    }

    /// Adds a field whose parts were checked: no line breaks, and a name that is a token.
    public mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
        if bytes.isEmpty {
            // What a browser's upgrade request needs.
            bytes.reserveCapacity(768)
            fields.reserveCapacity(20)
        }
        let start = bytes.count
        bytes.append(copying: name)
        bytes.append(copying: value)
        addField(start, name.count)
    }

    private mutating func addField(_ start: Int, _ nameLength: Int) {
        fields.append(
            Field(
                start: UInt32(start), nameLength: UInt32(nameLength),
                valueLength: UInt32(bytes.count - start - nameLength)))
    }

    private func nameRange(_ index: Int) -> Range<Int> {
        let field = fields[index]
        return Int(field.start)..<Int(field.start + field.nameLength)
    }

    private func valueRange(_ index: Int) -> Range<Int> {
        let field = fields[index]
        let start = Int(field.start + field.nameLength)
        return start..<start + Int(field.valueLength)
    }

    private func isNamed(_ index: Int, _ name: StaticString) -> Bool {
        nameBytes(at: index).equalsIgnoringCase(name)
    }
}

extension HTTPHeaders {
    /// Whether a comma-separated list has the token.
    static func list(_ bytes: Span<UInt8>, has token: StaticString) -> Bool {
        var start = 0
        while start <= bytes.count {
            let end = HTTPSyntax.firstIndex(of: UInt8(ascii: ","), in: bytes, from: start)
            let item = bytes.extracting(HTTPSyntax.trimmed(bytes, start..<end))
            if item.equalsIgnoringCase(token) { return true }
            start = end + 1
        }
        return false
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Fields in the order of the literal.
    public init(dictionaryLiteral elements: (StaticString, String)...) {
        for (name, value) in elements { append(name, value) }
    }
}

extension HTTPHeaders: Equatable {
    /// Whether both have the same fields in the same order, names compared without case.
    public static func == (a: HTTPHeaders, b: HTTPHeaders) -> Bool {
        guard a.count == b.count else { return false }
        return a.fields.indices.allSatisfy { index in
            a.name(at: index).lowercased() == b.name(at: index).lowercased()
                && a.valueBytes(at: index).equals(b.valueBytes(at: index))
        }
    }
}
