public import Bytes

// What a process compares its rooms with, when it may have missed what others did.
extension RoomRepository {
    /// How far rooms are; unknown ones are left out.
    public func positions(of rooms: [String]) async throws(StorageError) -> [RoomPosition] {
        try await read { (tables) async throws(StorageError) in
            let results = try await tables.transaction.queries(
                "SELECT id, seq, updated_at FROM rooms WHERE tenant_id = $1 AND id = $2",
                rooms.map { [.text(tables.tenant), .text($0)] })
            var positions: [RoomPosition] = []
            for row in results.joined() {
                var columns = row.columns
                positions.append(
                    RoomPosition(
                        room: try columns.text(), seq: try columns.integer(), updatedAt: try columns.time()))
            }
            return positions
        }
    }

    /// The rights of people in a room.
    public func standings(
        _ room: String, users: [String], now: Timestamp = .now()
    ) async throws(StorageError) -> [RoomStanding] {
        try await read { (tables) async throws(StorageError) in
            let keys = users.map { [DatabaseValue.text(tables.tenant), .text(room), .text($0)] }
            let ranks = try await tables.transaction.queries(
                "SELECT rank FROM members WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3", keys)
            let bans = try await tables.transaction.queries(
                """
                SELECT 1 FROM bans
                WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3 AND (until IS NULL OR until > $4)
                """, keys.map { $0 + [.integer(now.milliseconds)] })
            var standings: [RoomStanding] = []
            for (index, user) in users.enumerated() {
                let columns = ranks[index].first?.columns
                standings.append(
                    RoomStanding(
                        user: user,
                        role: try columns.map { (columns) throws(StorageError) in
                            var columns = columns
                            return try Role(rank: try columns.integer())
                        }, isBanned: !bans[index].isEmpty))
            }
            return standings
        }
    }
}
