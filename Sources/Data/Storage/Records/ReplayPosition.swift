/// A position in a room that a client stopped at.
public struct ReplayPosition: Sendable, Hashable {
    /// The numbering that it belongs to.
    public var epoch: String
    /// The last seq seen.
    public var seq: Int64

    /// A position.
    public init(epoch: String, seq: Int64) {
        self.epoch = epoch
        self.seq = seq
    }
}
