import Bytes
import Decimals
public import JSON

extension AchievementRule {
    /// Reads a rule.
    ///
    /// - Throws: ``RuleError`` that names the place of what is wrong.
    public init(_ json: JSONValue) throws(RuleError) {
        var writer = JSONWriter()
        json.write(to: &writer)
        guard writer.span.count <= AchievementRule.byteLimit else {
            throw RuleError("$", "a rule has at most \(AchievementRule.byteLimit) bytes")
        }
        var reader = RuleReader()
        root = try reader.node(json, "$", depth: 1)
        conditions = reader.conditions
    }
}

/// Reads a rule's parts, and numbers its conditions.
private struct RuleReader {
    private(set) var conditions: [RuleCondition] = []

    private static let words = ["count", "sum", "distinct", "streak", "threshold"]

    mutating func node(
        _ json: JSONValue, _ place: String, depth: Int
    ) throws(RuleError) -> AchievementRule.Node {
        guard let members = json.object, let member = members.first, members.count == 1 else {
            throw RuleError(
                place,
                "a rule is an object with one member: all, any, \(RuleReader.words.joined(separator: ", "))")
        }
        let inner = "\(place).\(member.name)"
        switch member.name {
        case "all": return .all(try nodes(member.value, inner, depth: depth))
        case "any": return .any(try nodes(member.value, inner, depth: depth))
        default:
            guard RuleReader.words.contains(member.name) else {
                throw RuleError(place, "there is no condition \"\(member.name.prefix(64))\"")
            }
            guard conditions.count < AchievementRule.conditionLimit else {
                throw RuleError(inner, "a rule has at most \(AchievementRule.conditionLimit) conditions")
            }
            conditions.append(try ConditionReader(member.value, inner).condition(member.name))
            return .condition(conditions.count - 1)
        }
    }

    private mutating func nodes(
        _ json: JSONValue, _ place: String, depth: Int
    ) throws(RuleError) -> [AchievementRule.Node] {
        guard let elements = json.array, !elements.isEmpty else {
            throw RuleError(place, "this is a list of at least one rule")
        }
        guard depth < AchievementRule.depthLimit else {
            throw RuleError(place, "rules stand at most \(AchievementRule.depthLimit) deep in one another")
        }
        var nodes: [AchievementRule.Node] = []
        for (index, element) in elements.enumerated() {
            nodes.append(try node(element, "\(place)[\(index)]", depth: depth + 1))
        }
        return nodes
    }
}

/// Reads one condition.
private struct ConditionReader {
    private static let windowBounds: ClosedRange<Int64> = 1000...(366 * 86_400_000)
    private static let fieldLimit = 8
    private static let valueLimit = 32

    private let json: JSONValue
    private let place: String

    init(_ json: JSONValue, _ place: String) throws(RuleError) {
        guard json.object != nil else { throw RuleError(place, "a condition is an object") }
        self.json = json
        self.place = place
    }

    func condition(_ word: String) throws(RuleError) -> RuleCondition {
        let measure: RuleCondition.Measure
        var known: Set<String> = ["kind", "where"]
        switch word {
        case "count":
            known.formUnion(["at_least", "within_ms"])
            measure = .count(atLeast: try integer("at_least", 1...1_000_000_000))
        case "sum":
            known.formUnion(["field", "at_least", "within_ms"])
            measure = .sum(field: try field(), atLeast: try required("at_least"))
        case "distinct":
            known.formUnion(["field", "at_least", "within_ms"])
            measure = .distinct(field: try field(), atLeast: Int(try integer("at_least", 1...256)))
        case "streak":
            known.insert("days")
            measure = .streak(days: try integer("days", 1...3650))
        default:
            known.formUnion(["field", "at_least", "at_most"])
            measure = try threshold()
        }
        for member in json.object ?? [] where !known.contains(member.name) {
            throw RuleError(
                "\(place).\(member.name.prefix(64))", "a condition \"\(word)\" has no such member")
        }
        let window = json["within_ms"] == nil ? nil : try integer("within_ms", ConditionReader.windowBounds)
        return RuleCondition(filter: try filter(), measure: measure, window: window)
    }

    private func threshold() throws(RuleError) -> RuleCondition.Measure {
        let (from, through) = (try decimal("at_least"), try decimal("at_most"))
        guard from != nil || through != nil else {
            throw RuleError(place, "a threshold needs \"at_least\" or \"at_most\"")
        }
        return .threshold(field: try field(), from: from, through: through)
    }

    // MARK: Members

    private func integer(_ name: String, _ bounds: ClosedRange<Int64>) throws(RuleError) -> Int64 {
        guard let number = json[name]?.integer, bounds.contains(number) else {
            throw RuleError(
                "\(place).\(name)", "this is a whole number of \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    private func decimal(_ name: String) throws(RuleError) -> ExactDecimal? {
        guard let value = json[name] else { return nil }
        return try ConditionReader.decimal(value, "\(place).\(name)")
    }

    private func required(_ name: String) throws(RuleError) -> ExactDecimal {
        guard let number = try decimal(name) else { throw RuleError(place, "this needs \"\(name)\"") }
        return number
    }

    private static func decimal(_ value: JSONValue, _ place: String) throws(RuleError) -> ExactDecimal {
        do throws(DecimalError) {
            return try ExactDecimal(value)
        } catch {
            throw RuleError(place, "this is a decimal with at most 18 digits on either side")
        }
    }

    private func field() throws(RuleError) -> String {
        guard let field = json["field"]?.string, ConditionReader.isField(field) else {
            throw RuleError(
                "\(place).field", "this names a field: letters, digits, \"_\", with points between levels")
        }
        return field
    }

    private static func isField(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...64).contains(text.utf8.count) && parts.count <= 4
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
            }
    }

    // MARK: Filter

    private func filter() throws(RuleError) -> EventFilter {
        guard let kind = json["kind"]?.string, ProgressEvent.isKind(kind) else {
            throw RuleError("\(place).kind", "this names a kind of event, as \"message_sent\"")
        }
        guard let wanted = json["where"] else { return EventFilter(kind: kind, tests: []) }
        guard let members = wanted.object, members.count <= ConditionReader.fieldLimit else {
            throw RuleError(
                "\(place).where", "this is an object with at most \(ConditionReader.fieldLimit) fields")
        }
        var tests: [EventFilter.Named] = []
        for member in members {
            guard ConditionReader.isField(member.name) else {
                throw RuleError("\(place).where", "\"\(member.name.prefix(64))\" is no field's name")
            }
            let inner = "\(place).where.\(member.name)"
            tests.append(
                EventFilter.Named(field: member.name, test: try ConditionReader.test(member.value, inner)))
        }
        return EventFilter(kind: kind, tests: tests.sorted { $0.field < $1.field })
    }

    private static func test(_ value: JSONValue, _ place: String) throws(RuleError) -> EventFilter.Test {
        if let bounds = value.object {
            guard !bounds.isEmpty, bounds.allSatisfy({ ["at_least", "at_most"].contains($0.name) }) else {
                throw RuleError(place, "bounds are \"at_least\" and \"at_most\"")
            }
            return .within(
                from: try value["at_least"].map { (bound) throws(RuleError) in
                    try decimal(bound, "\(place).at_least")
                },
                through: try value["at_most"].map { (bound) throws(RuleError) in
                    try decimal(bound, "\(place).at_most")
                })
        }
        let values = value.array ?? [value]
        guard (1...valueLimit).contains(values.count) else {
            throw RuleError(place, "a list has 1 to \(valueLimit) values")
        }
        var literals: [EventFilter.Literal] = []
        for value in values {
            guard let literal = EventFilter.Literal(value) else {
                throw RuleError(place, "this is a text, a number, true or false, a list of them, or bounds")
            }
            literals.append(literal)
        }
        return .isOne(of: literals)
    }
}
