/// Why a gate is none, and where.
public struct GatePolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// Not an object with exactly one of the conditions.
        case notACondition
        /// Not an object with exactly these members.
        case members(expected: [String], given: [String])
        /// Something that only stands together with another field.
        case needed(beside: String)
        /// Something that can only be true.
        case notTrue
        /// Not an address: 32 bytes in base 58.
        case notAnAddress
        /// Not a whole number of 1 to 2⁶⁴ − 1 as a string of digits.
        case notAnAmount
        /// Not a classic address of the XRP Ledger.
        case notAnXRPLAddress
        /// Not a currency code of the XRP Ledger, or XRP itself.
        case notACurrency
        /// Not a decimal number above 0 with at most 16 digits.
        case notADecimal
        /// Not a whole number of 32 bits.
        case notATaxon
        /// Not a role.
        case notARole
        /// Not a list, an empty one, or one that names something twice.
        case notAList
        /// More conditions, wallets or levels than allowed.
        case tooMuch
        /// `gate` together with the fields that are short for one.
        case twoGates
    }

    /// The field, as `gate.all[1].token.mint`.
    public let field: String
    /// What is wrong with it.
    public let reason: Reason

    /// An error at a field.
    public init(_ field: String, _ reason: Reason) {
        self.field = field
        self.reason = reason
    }

    /// A sentence for whoever wrote the gate.
    public var description: String {
        switch reason {
        case .notACondition:
            "\"\(field)\" is an object with one of: \(GatePolicy.conditions.joined(separator: ", "))."
        case .members(let expected, let given): members(expected, given)
        case .needed(let other): "\"\(field)\" is needed beside \"\(other)\"."
        case .notTrue: "\"\(field)\" is true, or left out."
        case .notAnAddress: "\"\(field)\" is an address: 32 bytes in base 58."
        case .notAnAmount: "\"\(field)\" is a string with a whole number of base units, at least 1."
        case .notAnXRPLAddress: "\"\(field)\" is a classic address of the XRP Ledger."
        case .notACurrency: "\"\(field)\" has three characters, or 40 hexadecimal digits in capitals."
        case .notADecimal: "\"\(field)\" is a string with a decimal number above 0, of at most 16 digits."
        case .notATaxon: "\"\(field)\" is a whole number of 0 to 4294967295."
        case .notARole: "\"\(field)\" is a role: owner, moderator or member."
        case .notAList: "\"\(field)\" is a list with at least one entry, none twice."
        case .tooMuch: "\"\(field)\" is more than a gate may have."
        case .twoGates: "\"\(field)\" cannot stand beside \"gate\"."
        }
    }

    private func members(_ expected: [String], _ given: [String]) -> String {
        func list(_ names: [String]) -> String {
            names.map { "\"\($0.prefix(32))\"" }.joined(separator: ", ")
        }
        let words = "\"\(field)\" is an object with \(list(expected)) and nothing else"
        let missing = expected.filter { !given.contains($0) }
        guard missing.isEmpty else { return "\(words); it lacks \(list(missing))." }
        return "\(words); it also has \(list(Array(given.filter { !expected.contains($0) }.prefix(3))))."
    }
}
