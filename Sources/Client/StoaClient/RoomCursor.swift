/// Where a client is in a room's events.
struct RoomCursor {
    /// What to do with an event that came.
    enum Action: Equatable { case deliver, drop, resume }

    private(set) var epoch: String?
    private(set) var seq: Int64 = 0
    /// Whether the server has said that this connection is in the room.
    var isJoined = false

    /// The server has said where the room is; without a position before, everything begins there.
    ///
    /// - Parameter recovered: Whether the events since our position follow as pushes.
    mutating func joined(epoch: String, seq: Int64, recovered: Bool) {
        isJoined = true
        guard !recovered || self.epoch == nil else { return }
        self.epoch = epoch
        self.seq = seq
    }

    /// An event came.
    mutating func arrived(_ seq: Int64) -> Action {
        guard epoch != nil else { return .deliver }
        if seq <= self.seq { return .drop }
        guard seq == self.seq + 1 else { return .resume }
        self.seq = seq
        return .deliver
    }
}
