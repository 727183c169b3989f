import JSON
import StoaTesting

/// What a script has captured so far, and how its patterns and placeholders are read (`protocol/vectors/README.md`).
struct Captures: Sendable {
    private var values: [String: JSONValue] = [:]

    subscript(_ name: String) -> JSONValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// A value with its placeholders filled in.
    func filled(_ value: JSONValue) throws -> JSONValue {
        var missing: String?
        let filled = value.mapTexts { text in
            guard text.contains("${") else { return .string(text) }
            if let whole = text.wholeMatch(of: /\$\{([^}]+)\}/) {
                let name = String(whole.output.1)
                if let known = values[name] { return known }
                missing = name
            }
            return .string(
                text.replacing(/\$\{([^}]+)\}/) { match in
                    let name = String(match.output.1)
                    guard let known = values[name] else {
                        missing = name
                        return ""
                    }
                    return known.string ?? known.text
                })
        }
        if let missing { throw TestFailure("nothing was captured as \(missing)") }
        return filled
    }

    func filled(_ text: String) throws -> String { try filled(.string(text)).string ?? "" }

    /// Whether a value is as a pattern says; takes what the pattern captures.
    mutating func match(_ value: JSONValue?, _ pattern: JSONValue) -> Bool {
        switch pattern {
        case .string(let text) where text.hasPrefix("$") && !text.hasPrefix("${"):
            return match(value, word: text)
        case .object(let members):
            guard let value else { return false }
            if let wanted = pattern["$contains"]?.array { return contains(value, wanted) }
            if let length = pattern["$length"]?.integer { return Int64(value.array?.count ?? -1) == length }
            guard value.object != nil else { return false }
            for member in members where !match(value[member.name], member.value) { return false }
            return true
        case .array(let patterns):
            guard let items = value?.array, items.count == patterns.count else { return false }
            for (item, pattern) in zip(items, patterns) where !match(item, pattern) { return false }
            return true
        default: return value == pattern
        }
    }

    private mutating func match(_ value: JSONValue?, word: String) -> Bool {
        switch word {
        case "$absent": return value == nil
        case "$any": return value != nil
        case "$string": return value?.string?.isEmpty == false
        case "$integer": return value?.integer != nil
        case "$time": return (value?.integer ?? 0) > 1_600_000_000_000
        case "$uuid":
            let digits = #/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#
            return value?.string?.wholeMatch(of: digits) != nil
        default:
            guard let value, word.hasPrefix("$capture:") else { return false }
            let name = String(word.dropFirst(9))
            if let known = values[name] { return known == value }
            values[name] = value
            return true
        }
    }

    private mutating func contains(_ value: JSONValue, _ wanted: [JSONValue]) -> Bool {
        guard let items = value.array else { return false }
        for pattern in wanted {
            guard let found = items.first(where: { fits($0, pattern) }) else { return false }
            _ = match(found, pattern)
        }
        return true
    }

    /// Whether a value is as a pattern says, without taking anything.
    func fits(_ value: JSONValue, _ pattern: JSONValue) -> Bool {
        var trial = self
        return trial.match(value, pattern)
    }
}
