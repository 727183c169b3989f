/// The bounds of a ``MessageLog``.
public struct MessageLogLimits: Sendable, Hashable {
    /// How many acts may wait; beyond it they are refused at once.
    public var queuedAppends = 10_000
    /// How many acts one transaction carries at most: more would only make those in it wait for each other.
    public var appendsPerTransaction = 512
    /// How many different emoji a message may have.
    public var emojiPerMessage = 20

    /// The default bounds.
    public init() {}
}
