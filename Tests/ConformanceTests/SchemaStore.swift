import JSON
import StoaTesting

/// The published JSON Schemas and a validator for exactly the keywords that they use.
struct SchemaStore: Sendable {
    static let keywords: Set<String> = [
        "$schema", "$id", "$ref", "$defs", "title", "description", "type", "const", "enum", "properties",
        "required", "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength",
        "minimum", "maximum", "pattern", "anyOf",
    ]

    private let files: [String: JSONValue]

    /// Reads all schemas.
    init() throws {
        var files: [String: JSONValue] = [:]
        for name in try ProtocolFolder.names(in: "schemas") {
            files[name + ".json"] = try ProtocolFolder.json("schemas/\(name).json")
        }
        self.files = files
    }

    /// The schemas' names without their endings.
    var names: [String] { files.keys.map { String($0.dropLast(5)) }.sorted() }

    func schema(_ name: String) -> JSONValue? { files[name + ".json"] }

    /// What is wrong with a message; empty where nothing is.
    ///
    /// - Parameters:
    ///   - side: `client` or `server`: who sent it.
    ///   - isClosed: Whether members that the schema does not name count as wrong: nothing stays undocumented.
    func faults(_ message: JSONValue, side: String, isClosed: Bool = false) -> [String] {
        guard let type = message["type"]?.string else { return ["no type"] }
        guard let schema = files["\(side)-\(type).json"] else { return ["no schema for \(side) \(type)"] }
        var check = SchemaCheck(store: self, isClosed: isClosed)
        check.run(message, schema, in: "\(side)-\(type).json", at: type)
        return check.faults
    }

    /// What is wrong with a value that a shared definition describes.
    func faults(_ value: JSONValue, definition: String) -> [String] {
        guard let schema = files["common.json"]?["$defs"]?[definition] else { return ["no \(definition)"] }
        var check = SchemaCheck(store: self, isClosed: true)
        check.run(value, schema, in: "common.json", at: definition)
        return check.faults
    }

    /// The schema that a reference of a file names, with the file that it stands in.
    func resolve(_ reference: String, in file: String) -> (schema: JSONValue, file: String)? {
        let parts = reference.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("/$defs/") else { return nil }
        let target = parts[0].isEmpty ? file : parts[0]
        guard let found = files[target]?["$defs"]?[String(parts[1].dropFirst(7))] else { return nil }
        return (found, target)
    }
}

/// One validation on its way.
struct SchemaCheck {
    let store: SchemaStore
    let isClosed: Bool
    private(set) var faults: [String] = []

    init(store: SchemaStore, isClosed: Bool) {
        self.store = store
        self.isClosed = isClosed
    }

    mutating func run(_ value: JSONValue, _ schema: JSONValue, in file: String, at path: String) {
        if let reference = schema["$ref"]?.string {
            guard let target = store.resolve(reference, in: file) else {
                return faults.append("\(path): nothing at \(reference)")
            }
            run(value, target.schema, in: target.file, at: path)
        }
        guard isOfType(value, schema["type"]) else {
            return faults.append("\(path): \(value.text.prefix(60)) is of another type")
        }
        if let wanted = schema["const"], wanted != value { faults.append("\(path): not \(wanted.text)") }
        if let wanted = schema["enum"]?.array, !wanted.contains(value) {
            faults.append("\(path): \(value.text) is none of \(schema["enum"]?.text ?? "")")
        }
        if let choices = schema["anyOf"]?.array { runAny(value, choices, in: file, at: path) }
        switch value {
        case .string(let text): runText(text, schema, at: path)
        case .integer(let number): runNumber(number, schema, at: path)
        case .array(let items): runArray(items, schema, in: file, at: path)
        case .object(let members): runObject(members, schema, in: file, at: path)
        default: break
        }
    }

    private func isOfType(_ value: JSONValue, _ type: JSONValue?) -> Bool {
        guard let type else { return true }
        if let names = type.array { return names.contains { isOfType(value, $0) } }
        return switch (type.string, value) {
        case ("string", .string), ("integer", .integer), ("number", .integer), ("number", .number),
            ("boolean", .bool), ("null", .null), ("array", .array), ("object", .object):
            true
        default: false
        }
    }

    private mutating func runAny(_ value: JSONValue, _ choices: [JSONValue], in file: String, at path: String)
    {
        var all: [String] = []
        for choice in choices {
            var check = SchemaCheck(store: store, isClosed: isClosed)
            check.run(value, choice, in: file, at: path)
            if check.faults.isEmpty { return }
            all += check.faults
        }
        faults.append("\(path): no choice fits (\(all.joined(separator: "; ")))")
    }

    private mutating func runText(_ text: String, _ schema: JSONValue, at path: String) {
        let count = Int64(text.unicodeScalars.count)
        if let least = schema["minLength"]?.integer, count < least { faults.append("\(path): too short") }
        if let most = schema["maxLength"]?.integer, count > most { faults.append("\(path): too long") }
        guard let pattern = schema["pattern"]?.string else { return }
        guard let expression = try? Regex(pattern), text.contains(expression) else {
            return faults.append("\(path): \(text) is not as \(pattern)")
        }
    }

    private mutating func runNumber(_ number: Int64, _ schema: JSONValue, at path: String) {
        if let least = schema["minimum"]?.integer, number < least { faults.append("\(path): too small") }
        if let most = schema["maximum"]?.integer, number > most { faults.append("\(path): too large") }
    }

    private mutating func runArray(
        _ items: [JSONValue], _ schema: JSONValue, in file: String, at path: String
    ) {
        let count = Int64(items.count)
        if let least = schema["minItems"]?.integer, count < least { faults.append("\(path): too few") }
        if let most = schema["maxItems"]?.integer, count > most { faults.append("\(path): too many") }
        guard let each = schema["items"] else { return }
        for (index, item) in items.enumerated() { run(item, each, in: file, at: "\(path)[\(index)]") }
    }

    private mutating func runObject(
        _ members: [JSONMember], _ schema: JSONValue, in file: String, at path: String
    ) {
        for name in schema["required"]?.array ?? [] {
            guard let name = name.string, !members.contains(where: { $0.name == name }) else { continue }
            faults.append("\(path): \(name) is missing")
        }
        let properties = schema["properties"]
        let others = schema["additionalProperties"]
        for member in members {
            let place = "\(path).\(member.name)"
            if let known = properties?[member.name] {
                run(member.value, known, in: file, at: place)
            } else if let others, others.object != nil {
                run(member.value, others, in: file, at: place)
            } else if isClosed, properties != nil, others == nil {
                faults.append("\(place) is not documented")
            }
        }
    }
}
