import Bytes
public import ClientProtocol
public import JSON

extension JSONValue {
    /// A member with a text of so many characters; nil where it is absent or null.
    public func text(_ name: String, _ bounds: ClosedRange<Int>) throws(ClientError) -> String? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let text = value.string else { throw .invalid(name, "\"\(name)\" must be a string.") }
        guard bounds.contains(text.count), text.utf8.count <= bounds.upperBound * 4 else {
            let count =
                bounds.count == 1 ? "\(bounds.lowerBound)" : "\(bounds.lowerBound) to \(bounds.upperBound)"
            throw .invalid(name, "\"\(name)\" has \(count) characters.")
        }
        guard !TextRules.hasNUL(text) else { throw .hasNUL(name) }
        return text
    }

    /// A member with a whole number; nil where it is absent or null.
    public func integer(_ name: String, _ bounds: ClosedRange<Int64>) throws(ClientError) -> Int64? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let number = value.integer, bounds.contains(number) else {
            throw .invalid(
                name, "\"\(name)\" is a whole number of \(bounds.lowerBound) to \(bounds.upperBound).")
        }
        return number
    }

    /// A member that is true or false; nil where it is absent or null.
    public func flag(_ name: String) throws(ClientError) -> Bool? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let flag = value.bool else { throw .invalid(name, "\"\(name)\" is true or false.") }
        return flag
    }
}
