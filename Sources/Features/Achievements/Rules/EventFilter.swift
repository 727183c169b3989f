import Bytes
import Decimals
import JSON

/// Which events a condition looks at: those of a kind whose fields are as wanted.
struct EventFilter: Hashable, Sendable {
    /// What a field has to be.
    enum Test: Hashable, Sendable {
        /// One of these: texts, truth values, or numbers as their exact value.
        case isOne(of: [Literal])
        /// A number within bounds, those included.
        case within(from: ExactDecimal?, through: ExactDecimal?)
    }

    /// A value that can be compared.
    enum Literal: Hashable, Sendable {
        case text(String)
        case number(ExactDecimal)
        case truth(Bool)

        init?(_ value: JSONValue) {
            switch value {
            case .string(let text): self = .text(text)
            case .bool(let truth): self = .truth(truth)
            case .integer, .number:
                guard let number = try? ExactDecimal(value) else { return nil }
                self = .number(number)
            default: return nil
            }
        }
    }

    let kind: String
    /// In the order of their names.
    let tests: [Named]

    /// What one field has to be.
    struct Named: Hashable, Sendable {
        let field: String
        let test: Test
    }

    func accepts(_ event: ProgressEvent) -> Bool {
        guard event.kind == kind else { return false }
        return tests.allSatisfy { test in
            guard let value = event.value(test.field) else { return false }
            return test.test.accepts(value)
        }
    }
}

extension EventFilter.Test {
    func accepts(_ value: JSONValue) -> Bool {
        switch self {
        case .isOne(let literals):
            guard let literal = EventFilter.Literal(value) else { return false }
            return literals.contains(literal)
        case .within(let from, let through):
            guard let number = try? ExactDecimal(value) else { return false }
            return from.map { number >= $0 } ?? true && through.map { number <= $0 } ?? true
        }
    }
}
