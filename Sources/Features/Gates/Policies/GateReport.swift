/// How a person stands to a gate, as a whole and condition by condition.
public struct GateReport: Equatable, Sendable {
    /// Whether they may enter; unknown admits nobody new and removes nobody.
    public let verdict: Verdict
    /// Every condition, from left to right.
    public let checks: [GateCheck]

    /// Why the person may not enter; nil where they may.
    public let refusal: GateRefusal?

    /// Judges a person by what is known; readings that are missing are unknown.
    public init(_ policy: GatePolicy, _ facts: GateFacts) {
        verdict = policy.verdict(facts)
        checks = policy.leaves.map { $0.check(facts) }
        switch verdict {
        case .yes: refusal = nil
        case .unknown: refusal = .unavailable
        case .no: refusal = policy.refusal(facts)
        }
    }
}
