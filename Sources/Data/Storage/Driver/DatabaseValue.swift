/// A value on its way into or out of a table: the few types that every driver has.
public enum DatabaseValue: Hashable, Sendable {
    /// SQL's NULL.
    case null
    /// A signed integer; booleans are 0 and 1, times are milliseconds.
    case integer(Int64)
    /// Text, kept exactly, NUL characters included.
    case text(String)
    /// Bytes.
    case bytes([UInt8])

    /// Text, or NULL for nil.
    public static func optional(_ text: String?) -> DatabaseValue { text.map { .text($0) } ?? .null }

    /// An integer, or NULL for nil.
    public static func optional(_ number: Int64?) -> DatabaseValue { number.map { .integer($0) } ?? .null }

    /// Texts as an array of PostgreSQL's (its manual, section 8.15.2), whatever is in them.
    static func texts(_ texts: [String]) -> DatabaseValue {
        var array = "{"
        for text in texts {
            array += array.utf8.count > 1 ? ",\"" : "\""
            if text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
                for scalar in text.unicodeScalars {
                    if scalar == "\"" || scalar == "\\" { array += "\\" }
                    array.unicodeScalars.append(scalar)
                }
            } else {
                array += text
            }
            array += "\""
        }
        return .text(array + "}")
    }

    /// 1 for true, 0 for false.
    public static func bool(_ value: Bool) -> DatabaseValue { .integer(value ? 1 : 0) }
}

extension DatabaseValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}
