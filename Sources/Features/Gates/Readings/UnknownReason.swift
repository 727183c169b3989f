/// Why nobody can say what a wallet holds.
///
/// None of these is ever taken for "holds nothing".
public enum UnknownReason: Error, Equatable, Sendable {
    /// No answer in time.
    case timeout
    /// Nobody answers there, or not as who they should be.
    case unreachable
    /// The node wants fewer questions.
    case rateLimited
    /// An HTTP status that is no answer.
    case status(Int)
    /// Not the JSON-RPC answer that it should be.
    case malformed
    /// An answer to another question.
    case wrongID
    /// More bytes than an answer may have.
    case tooLarge
    /// The node refuses the question, with its code of JSON-RPC.
    case refused(Int64)
    /// The node lags behind what has been seen already.
    case stale
    /// The answer speaks of other wallets or assets than the question.
    case contradictory
    /// More items than are looked through.
    case tooMany
    /// Too many questions of our own; sweeps meet this before joins do.
    case overBudget
    /// No node can be asked now: none is configured, or all have failed lately.
    case noEndpoint
    /// Whoever asked has stopped waiting.
    case cancelled
}
