public import Bytes

/// A room in which something happened that progress has not seen.
public struct RoomBacklog: Sendable, Hashable {
    /// The room.
    public let room: String
    /// The last seq that was seen.
    public let seq: Int64
    /// The room's last seq.
    public let head: Int64

    /// A room's place.
    public init(room: String, seq: Int64, head: Int64) {
        self.room = room
        self.seq = seq
        self.head = head
    }
}

/// A stretch of a room's events.
public struct RoomStretch: Sendable {
    /// What people did in it.
    public let activities: [RoomActivity]
    /// The last seq of it.
    public let end: Int64
}

// Where progress comes from: rooms' events by position, joins by time, the API's events.
extension ProgressRepository {
    /// Rooms with events that were not looked at; of these alone where some are named.
    public func backlogs(of rooms: [String]? = nil) async throws(StorageError) -> [RoomBacklog] {
        let tenant = tenant
        let sql = """
            SELECT r.id, COALESCE(p.seq, 0), r.seq FROM rooms r
            LEFT JOIN progress_positions p ON p.tenant_id = r.tenant_id AND p.room_id = r.id
            WHERE r.tenant_id = $1 AND r.seq > COALESCE(p.seq, 0)
            """
        return try await database.read { (transaction) async throws(StorageError) in
            let rows: [Row]
            if let rooms {
                rows = try await transaction.queries(
                    sql + " AND r.id = $2", rooms.map { [.text(tenant), .text($0)] }
                ).flatMap(\.self)
            } else {
                rows = try await transaction.query(sql + " ORDER BY r.id", [.text(tenant)])
            }
            return try rows.decode { (columns) throws(StorageError) in
                RoomBacklog(
                    room: try columns.text(), seq: try columns.integer(), head: try columns.integer())
            }
        }
    }

    /// All rooms from their first events on.
    public func allRooms() async throws(StorageError) -> [RoomBacklog] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                "SELECT id, seq FROM rooms WHERE tenant_id = $1 ORDER BY id", [.text(tenant)]
            ).decode { (columns) throws(StorageError) in
                RoomBacklog(room: try columns.text(), seq: 0, head: try columns.integer())
            }
        }
    }

    /// The next stretch of a room's events.
    public func stretch(_ backlog: RoomBacklog, limit: Int) async throws(StorageError) -> RoomStretch {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                """
                SELECT seq, kind, at, actor_id, actor_name, actor_bot, message_type, reply_to, flag, emoji
                FROM events WHERE tenant_id = $1 AND room_id = $2 AND seq > $3 ORDER BY seq LIMIT $4
                """,
                [.text(tenant), .text(backlog.room), .integer(backlog.seq), .integer(Int64(limit))])
            var (activities, end): ([RoomActivity], Int64) = ([], backlog.seq)
            for row in rows {
                var columns = row.columns
                end = try columns.integer()
                if let activity = try RoomActivity(seq: end, &columns) { activities.append(activity) }
            }
            // The rest is older than what is kept.
            return RoomStretch(activities: activities, end: rows.count < limit ? max(end, backlog.head) : end)
        }
    }

    /// Who has become a member of which room since a moment, oldest first.
    ///
    /// - Parameter room: The last room and person that are known of that moment.
    public func joins(
        since moment: Timestamp, after place: (room: String, user: String) = ("", ""), limit: Int
    ) async throws(StorageError) -> [JoinActivity] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT joined_at, room_id, user_id, name FROM members
                WHERE tenant_id = $1 AND (joined_at, room_id, user_id) > ($2, $3, $4)
                ORDER BY joined_at, room_id, user_id LIMIT $5
                """,
                [
                    .text(tenant), .integer(moment.milliseconds), .text(place.room), .text(place.user),
                    .integer(Int64(limit)),
                ]
            ).decode { (columns) throws(StorageError) in
                JoinActivity(
                    at: try columns.time(), room: try columns.text(), user: try columns.text(),
                    name: try columns.text())
            }
        }
    }

    /// Events that no room's events tell, newest first: for trying a rule on the past.
    public func pastEvents(kinds: [String], limit: Int) async throws(StorageError) -> [ProgressEventRecord] {
        let tenant = tenant
        let places = kinds.indices.map { "$\($0 + 3)" }.joined(separator: ", ")
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT id, user_id, kind, room_id, at, data FROM progress_events
                WHERE tenant_id = $1 AND kind IN (\(places)) ORDER BY at DESC, id DESC LIMIT $2
                """, [.text(tenant), .integer(Int64(limit))] + kinds.map { .text($0) }
            ).decode { (columns) throws(StorageError) in
                ProgressEventRecord(
                    id: try columns.text(), user: try columns.text(), kind: try columns.text(),
                    room: try columns.optionalText(), at: try columns.time(), data: try columns.text())
            }
        }
    }
}

extension RoomActivity {
    /// What a row of events tells; nil for what nobody did for progress: programs' messages, edits, pins.
    fileprivate init?(seq: Int64, _ columns: inout RowReader) throws(StorageError) {
        let kind = try columns.integer()
        let at = try columns.time()
        let (user, name, isBot) = (try columns.text(), try columns.text(), try columns.bool())
        let type = try columns.optionalText() ?? ""
        let isReply = try columns.optionalText() != nil
        let isAdded = try columns.optionalInteger() == 1
        let emoji = try columns.optionalText()
        // Whoever is erased is not there any more.
        guard !isBot, !user.hasPrefix("gone_"), kind == 0 || kind == 4 && isAdded else { return nil }
        guard type != MessageType.system.rawValue else { return nil }
        self.init(
            seq: seq, at: at, user: user, name: name, emoji: kind == 4 ? emoji ?? "" : nil, messageType: type,
            isReply: isReply)
    }
}
