import Bytes

/// A JSON value as a tree, for configuration, REST bodies and tests; not for the path of a frame.
///
/// Objects keep their order, and equality heeds it.
public enum JSONValue: Equatable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A whole number of at most 64 bits, written without fraction and exponent.
    case integer(Int64)
    /// Any other number, by its text: nothing is rounded.
    case number(String)
    /// Text.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in order, no name twice.
    case object([JSONMember])
}

/// One name and its value in an object.
public struct JSONMember: Equatable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: JSONValue

    /// A member.
    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// The value of a member, or nil where this is no object or has no such member.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// An element, or nil where this is no array or is shorter.
    public subscript(_ index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text, where this is a string.
    public var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The number, where this is a whole one.
    public var integer: Int64? {
        if case .integer(let number) = self { return number }
        return nil
    }

    /// The number nearest to this one, where this is a number.
    public var double: Double? {
        switch self {
        case .integer(let number): return Double(number)
        case .number(let text): return Double(text)
        default: return nil
        }
    }

    /// The truth value, where this is one.
    public var bool: Bool? {
        if case .bool(let truth) = self { return truth }
        return nil
    }

    /// The elements, where this is an array.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The members, where this is an object.
    public var object: [JSONMember]? {
        if case .object(let members) = self { return members }
        return nil
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// Writes the value as the writer's next one.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let truth): writer.value(truth)
        case .integer(let number): writer.value(number)
        case .number(let text): writer.raw(text.utf8Span.span)
        case .string(let text): writer.value(text)
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(dynamic: member.name)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }
}
