/// Why a rule is none: where, and what is wrong there.
public struct RuleError: Error, Hashable, Sendable {
    /// The place, as `$.all[1].count.at_least`.
    public let place: String
    /// A sentence for people.
    public let message: String

    init(_ place: String, _ message: String) {
        self.place = place
        self.message = message
    }
}

extension RuleError: CustomStringConvertible {
    /// Both in one sentence.
    public var description: String { "\(place): \(message)" }
}
