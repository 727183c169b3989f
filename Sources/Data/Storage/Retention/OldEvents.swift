import Bytes

/// The oldest events of a room that are to go, and all that hangs on them.
struct OldEvents {
    private struct Event {
        let seq: Int64
        let messageID: String
        let isMessage: Bool
        let mentions: [String]
        let content: String
        let hasReactions: Bool
        let author: String
        let clientID: String?
    }

    private let transaction: any Queryable
    private let tenant: String
    private let room: String
    private let events: [Event]

    /// How many they are.
    var count: Int { events.count }

    /// Looks for them: from the room's first event on, up to the first that is young enough.
    init(
        _ transaction: any Queryable, _ tenant: String, _ room: String, before cutoff: Timestamp, limit: Int
    ) async throws(StorageError) {
        self.transaction = transaction
        self.tenant = tenant
        self.room = room
        let rows = try await transaction.query(
            """
            SELECT seq, at, kind, message_id, mentions, content, emoji_count, actor_id, client_id FROM events
            WHERE tenant_id = $1 AND room_id = $2 ORDER BY seq LIMIT $3
            """, [.text(tenant), .text(room), .integer(Int64(limit))])
        var events: [Event] = []
        for row in rows {
            var columns = row.columns
            let seq = try columns.integer()
            if try columns.time() >= cutoff { break }
            let isMessage = try columns.integer() == 0
            events.append(
                Event(
                    seq: seq, messageID: try columns.text(), isMessage: isMessage,
                    mentions: try TextList.decode(try columns.optionalText()),
                    content: try columns.optionalText() ?? "", hasReactions: try columns.integer() > 0,
                    author: try columns.text(), clientID: try columns.optionalText()))
        }
        self.events = events
    }

    func delete(_ search: any MessageSearch) async throws(StorageError) {
        guard let last = events.last else { return }
        let messages = events.filter(\.isMessage)
        let place: [DatabaseValue] = [.text(tenant), .text(room)]
        for statement in [
            "DELETE FROM reactions WHERE tenant_id = $1 AND message_id = $2",
            "DELETE FROM reaction_counts WHERE tenant_id = $1 AND message_id = $2",
        ] {
            let reacted = messages.filter(\.hasReactions)
            _ = try await transaction.queries(
                statement, reacted.map { [.text(tenant), .text($0.messageID)] })
        }
        _ = try await transaction.queries(
            "DELETE FROM mentions WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3 AND seq = $4",
            messages.flatMap { message in message.mentions.map { place + [.text($0), .integer(message.seq)] }
            })
        try await search.apply(
            messages.filter { !$0.content.isEmpty }
                .map { SearchChange(room: room, seq: $0.seq, old: $0.content, new: nil) },
            tenant: tenant, in: transaction)
        try await OldKeys.delete(
            messages.compactMap { message in
                message.clientID.map { place + [.text(message.author), .text($0)] }
            }, transaction)
        // Edits of these messages that are younger lose their text with them.
        _ = try await transaction.queries(
            """
            UPDATE events SET content = NULL, mentions = NULL
            WHERE tenant_id = $1 AND message_id = $2 AND kind <= 1 AND kind = 1
            """, messages.map { [.text(tenant), .text($0.messageID)] })
        _ = try await transaction.query(
            "DELETE FROM events WHERE tenant_id = $1 AND room_id = $2 AND seq <= $3",
            place + [.integer(last.seq)])
        _ = try await transaction.query(
            "UPDATE rooms SET floor = $3 WHERE tenant_id = $1 AND id = $2", place + [.integer(last.seq + 1)])
    }
}
