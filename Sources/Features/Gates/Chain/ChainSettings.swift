/// How a chain's nodes are asked.
public struct ChainSettings: Sendable {
    /// How nodes are spoken to.
    public enum Dialect: Sendable {
        /// JSON-RPC 2.0, as Solana's nodes speak it.
        case jsonRPC
        /// The form of the XRP Ledger's nodes.
        case rippled
    }

    /// How these nodes are spoken to.
    public var dialect = Dialect.jsonRPC
    /// The nodes' addresses, the preferred one first.
    public var endpoints: [String]
    /// How long one node may take.
    public var timeout: Duration = .seconds(3)
    /// The largest answer: a page of 1,000 items with their metadata.
    public var answerLimit = 8 << 20
    /// Questions a second over all nodes; 0 turns the limit off.
    public var requestsPerSecond = 20
    /// How long a sweep's or a trial's question waits for its turn in that budget.
    public var sweepPatience: Duration = .zero
    /// Whether balances in frozen accounts count.
    public var countsFrozen = true
    /// Whether what is delegated to others counts.
    public var countsDelegated = true
    /// How many items one page of a collection's search has.
    public var pageSize = 1000
    /// How many pages are looked through before nobody can say.
    public var pageLimit = 10

    /// Settings for these nodes.
    public init(endpoints: [String]) { self.endpoints = endpoints }
}
