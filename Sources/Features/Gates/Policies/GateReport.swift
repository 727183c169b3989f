/// How a person stands to a gate, as a whole and condition by condition.
public struct GateReport: Equatable, Sendable {
    /// Whether they may enter; unknown admits nobody new and removes nobody.
    public let verdict: Verdict
    /// Every condition, from left to right.
    public let checks: [GateCheck]

    /// Why the person may not enter; nil where they may.
    public let refusal: GateRefusal?

    /// Judges a person by what is known; readings that are missing are unknown.
    ///
    /// - Parameter isExempt: Whether the gate is open to them whatever its conditions say.
    public init(_ policy: GatePolicy, _ facts: GateFacts, isExempt: Bool = false) {
        verdict = isExempt ? .yes : policy.verdict(facts)
        checks = policy.leaves.map { $0.check(facts) }
        switch verdict {
        case .yes: refusal = nil
        case .unknown: refusal = .unavailable
        case .no: refusal = policy.refusal(facts)
        }
    }
}
