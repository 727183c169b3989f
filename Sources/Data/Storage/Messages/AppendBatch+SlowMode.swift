import Bytes

// Slow mode where several processes write: each knows what was said at it, and the room's row, which this transaction
// holds, puts all in one order.
extension AppendBatch {
    /// How many events back an author's last message is looked for: in a room that says more in the time of its slow
    /// mode, only the process that somebody writes to holds them to it.
    private static let slowModeReach: Int64 = 1000

    private static let lastPost = """
        SELECT at FROM events WHERE tenant_id = $1 AND room_id = $2 AND seq = (
            SELECT MAX(seq) FROM events
            WHERE tenant_id = $1 AND room_id = $2 AND kind = 0 AND actor_id = $3 AND seq > $4
        )
        """

    private static func key(_ request: AppendRequest) -> SendKey {
        SendKey(
            room: RoomKey(tenant: request.tenant, room: request.room), author: request.actor.id, clientID: "")
    }

    mutating func findLastPosts() async throws(StorageError) {
        let keys = requests.filter { $0.slowModeMilliseconds > 0 }.map { AppendBatch.key($0) }
        if keys.isEmpty { return }
        let results = try await transaction.queries(
            AppendBatch.lastPost,
            keys.map { key in
                let least = max(0, (rooms[key.room]?.seq ?? 0) - AppendBatch.slowModeReach)
                return [.text(key.room.tenant), .text(key.room.room), .text(key.author), .integer(least)]
            })
        for (key, rows) in zip(keys, results) {
            guard var columns = rows.first?.columns else { continue }
            lastPosts[key] = try columns.time()
        }
    }

    /// How long the author of a message has to wait; nil where they need not, and this is their last one from now on.
    mutating func slowMode(_ request: AppendRequest) -> Int64? {
        guard request.slowModeMilliseconds > 0 else { return nil }
        let key = AppendBatch.key(request)
        if let last = lastPosts[key] {
            // Clocks of machines differ: nobody waits longer than the room asks for.
            let age = max(0, request.at.milliseconds - last.milliseconds)
            if age < request.slowModeMilliseconds { return request.slowModeMilliseconds - age }
        }
        lastPosts[key] = request.at
        return nil
    }
}
