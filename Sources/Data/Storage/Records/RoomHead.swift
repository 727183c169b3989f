/// Where a room's numbering stands.
public struct RoomHead: Sendable, Hashable {
    /// Names this numbering.
    public var epoch: String
    /// The seq of the newest event; 0 where there is none.
    public var seq: Int64
    /// The oldest seq that is still kept; `seq + 1` where none is.
    public var floor: Int64

    /// A numbering's state.
    public init(epoch: String, seq: Int64, floor: Int64) {
        self.epoch = epoch
        self.seq = seq
        self.floor = floor
    }

    /// Whether a reader at this state misses nothing of what another one has seen, and sees nothing that it has seen go.
    public func covers(_ other: RoomHead) -> Bool {
        epoch == other.epoch && seq >= other.seq && floor >= other.floor
    }
}
