import Bytes

extension JSONValue {
    /// Reads one whole value; nothing may stand behind it.
    ///
    /// - Throws: ``JSONError``, also ``JSONError/Reason/duplicateKey`` for a name that its object has twice.
    public init(parsing bytes: Span<UInt8>, depthLimit: Int = 32) throws(JSONError) {
        var reader = JSONReader(bytes, depthLimit: depthLimit)
        self = try reader.readValue()
        try reader.end()
    }

    /// Reads one whole value from text.
    public init(parsing text: String, depthLimit: Int = 32) throws(JSONError) {
        try self.init(parsing: text.utf8Span.span, depthLimit: depthLimit)
    }
}

extension JSONReader {
    /// Reads a value of any kind as a tree.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .object: return try readObject()
        case .array: return try readArray()
        case .string: return .string(try readString())
        case .number: return try readNumberValue()
        case .bool: return .bool(try readBool())
        case .null:
            _ = try readNull()
            return .null
        }
    }

    private mutating func readObject() throws(JSONError) -> JSONValue {
        try beginObject()
        var members: [JSONMember] = []
        var names: Set<String> = []
        while let key = try nextKey() {
            let name = string(of: key)
            // Names that differ in their bytes but are canonically equal count as one too: fail closed.
            guard names.insert(name).inserted else {
                throw JSONError(.duplicateKey, at: key.range.lowerBound)
            }
            members.append(JSONMember(name, try readValue()))
        }
        return .object(members)
    }

    private mutating func readArray() throws(JSONError) -> JSONValue {
        try beginArray()
        var elements: [JSONValue] = []
        while try nextElement() { elements.append(try readValue()) }
        return .array(elements)
    }

    private mutating func readNumberValue() throws(JSONError) -> JSONValue {
        let range = try readNumber()
        let text = bytes.extracting(range)
        // "-0" is kept as text: as an integer it would lose its sign.
        if !text.equals("-0"), let number = Int64(String(utf8: text) ?? "") { return .integer(number) }
        return .number(String(utf8: text) ?? "")
    }
}
