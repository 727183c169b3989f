/// What became of the questions to a chain's nodes since the start.
public struct RPCFigures: Equatable, Sendable {
    /// Answered, by a node that was believed.
    public internal(set) var answered = 0
    /// Not answered, or not so that it could be believed.
    public internal(set) var failed = 0
    /// Not asked: beyond the budget, or all nodes are spared.
    public internal(set) var unasked = 0

    /// Nothing yet.
    public init() {}
}
