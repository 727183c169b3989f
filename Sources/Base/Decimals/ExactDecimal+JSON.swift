public import JSON

extension ExactDecimal {
    /// The number that the text of a JSON value holds: a number, or a string of one without escapes.
    ///
    /// For values that a ``JSONReader`` has found the end of.
    ///
    /// - Throws: ``DecimalError`` for every other value, and where the number does not fit.
    public init(json bytes: Span<UInt8>) throws(DecimalError) {
        let quote = UInt8(ascii: "\"")
        guard bytes.count > 2, bytes[0] == quote, bytes[bytes.count - 1] == quote else {
            try self.init(parsing: bytes)
            return
        }
        try self.init(parsing: bytes.extracting(1..<bytes.count - 1))
    }

    /// The number that a JSON number or a JSON string holds.
    ///
    /// - Throws: ``DecimalError`` for every other value, and where the number does not fit.
    public init(_ value: JSONValue) throws(DecimalError) {
        switch value {
        case .integer(let whole): try self.init(whole)
        case .number(let text), .string(let text): try self.init(text)
        default: throw .notANumber
        }
    }
}

extension JSONWriter {
    /// A decimal, as a string: readers that know only binary floating point would round a number.
    public mutating func value(_ number: ExactDecimal) {
        number.withText { value(utf8: $0) }
    }

    /// A member that is a decimal, as a string.
    public mutating func field(_ name: StaticString, _ number: ExactDecimal) {
        key(name)
        value(number)
    }

    /// A member that is a decimal, as a string, or no member.
    public mutating func field(_ name: StaticString, ifPresent number: ExactDecimal?) {
        if let number { field(name, number) }
    }
}
