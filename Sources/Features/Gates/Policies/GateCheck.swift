public import Bytes

/// One condition of a gate, and how a person stands to it.
public struct GateCheck: Equatable, Sendable {
    /// The condition, which is no branch of the tree.
    public let condition: GatePolicy
    /// Whether it holds.
    public let verdict: Verdict
    /// The most that one wallet is known to hold, for conditions of holdings.
    public let held: UInt128?
    /// When the oldest reading behind it was asked for.
    public let checkedAt: Timestamp?
    /// Why nobody can say, where that is so.
    public let reason: UnknownReason?
}
