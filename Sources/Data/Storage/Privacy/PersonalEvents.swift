public import Bytes

/// Events of rooms that are somebody's or name them.
public struct PersonalEvent: Sendable {
    /// Its seq.
    public let seq: Int64
    /// When.
    public let at: Timestamp
    /// 0 a message, 1 an edit, 2 a deletion, 3 a pin, 4 a reaction.
    public let kind: Int
    /// The message that it is about.
    public let messageID: String
    /// Who did it.
    public let actor: String
    /// Whether its text is gone.
    public let isDeleted: Bool
    /// Its text.
    public let content: String?
    let mentions: [String]
    let originalMentions: [String]
    let clientID: String?
    /// The reaction.
    public let emoji: String?
}

/// A stretch of a room's events that has been looked through.
public struct PersonalWindow: Sendable {
    /// The room; nil where there are no more.
    public let room: RoomRecord?
    /// The last seq that was looked at.
    public let seq: Int64
    /// Whether that was the room's last one.
    public let endsRoom: Bool
    /// What was found.
    public let events: [PersonalEvent]
}

extension PrivacyRepository {
    /// How many events one look reads at most: a few milliseconds.
    private static let windowEvents: Int64 = 2000

    /// Looks through the next stretch of events for those that are a person's or mention them.
    ///
    /// - Parameters:
    ///   - room: The room to go on with.
    ///   - seq: The last seq of it that was looked at.
    public func window(
        of user: String, room: String, after seq: Int64, tenant: String = "default"
    ) async throws(StorageError) -> PersonalWindow {
        try await database.read { (transaction) async throws(StorageError) in
            let next = try await transaction.first(
                "SELECT \(RoomRecord.columns) FROM rooms WHERE tenant_id = $1 AND id >= $2 ORDER BY id LIMIT 1",
                [.text(tenant), .text(room)])
            guard var columns = next?.columns else {
                return PersonalWindow(room: nil, seq: 0, endsRoom: true, events: [])
            }
            let found = try RoomRecord(&columns)
            let start = max(found.id == room ? seq : 0, found.floor - 1)
            let end = min(found.seq, start + PrivacyRepository.windowEvents)
            let rows = try await transaction.query(
                """
                SELECT seq, at, kind, message_id, actor_id, deleted, content, mentions, original_mentions, client_id,
                    emoji FROM events
                WHERE tenant_id = $1 AND room_id = $2 AND seq > $3 AND seq <= $4 AND (actor_id = $5
                    OR mentions LIKE $6 ESCAPE '!' OR original_mentions LIKE $6 ESCAPE '!')
                ORDER BY seq
                """,
                [
                    .text(tenant), .text(found.id), .integer(start), .integer(end), .text(user),
                    .text(PrivacyRepository.pattern(user)),
                ])
            let events = try rows.decode(PersonalEvent.init)
            return PersonalWindow(room: found, seq: end, endsRoom: end >= found.seq, events: events)
        }
    }

    private static func pattern(_ user: String) -> String {
        guard case .text(let list) = TextList.encode([user]) else { return "" }
        var pattern = "%"
        for character in list.dropFirst().dropLast() {
            if character == "%" || character == "_" || character == "!" { pattern += "!" }
            pattern.append(character)
        }
        return pattern + "%"
    }

    /// Puts a nameless person in a person's place in events, and takes them out of mentions; keeps how far the job is.
    ///
    /// - Returns: How many events were changed.
    public func anonymise(
        _ window: PersonalWindow, _ job: PrivacyJob, name: String, lease: Timestamp,
        tenant: String = "default"
    ) async throws(StorageError) {
        guard let room = window.room?.id else { return }
        let user = job.person.user
        let dialect = database.dialect
        try await database.write { (transaction) async throws(StorageError) in
            try await transaction.lockRoom(tenant, room, dialect)
            let place: [DatabaseValue] = [.text(tenant), .text(room)]
            for event in window.events {
                let key = place + [.integer(event.seq)]
                if event.mentions.contains(user) || event.originalMentions.contains(user) {
                    _ = try await transaction.query(
                        """
                        UPDATE events SET mentions = $4, original_mentions = $5
                        WHERE tenant_id = $1 AND room_id = $2 AND seq = $3
                        """,
                        key + [
                            TextList.encode(event.mentions.filter { $0 != user }),
                            TextList.encode(event.originalMentions.filter { $0 != user }),
                        ])
                }
                guard event.actor == user else { continue }
                _ = try await transaction.query(
                    """
                    UPDATE events SET actor_id = $4, actor_name = $5, client_id = NULL
                    WHERE tenant_id = $1 AND room_id = $2 AND seq = $3
                    """, key + [.text(job.heir), .text(name)])
                if let clientID = event.clientID {
                    _ = try await transaction.query(
                        """
                        DELETE FROM message_keys
                        WHERE tenant_id = $1 AND room_id = $2 AND author_id = $3 AND client_id = $4
                        """, place + [.text(user), .text(clientID)])
                }
                if let emoji = event.emoji {
                    _ = try await transaction.query(
                        """
                        UPDATE reactions SET user_id = $5
                        WHERE tenant_id = $1 AND message_id = $2 AND emoji = $3 AND user_id = $4
                        """,
                        [.text(tenant), .text(event.messageID), .text(emoji), .text(user), .text(job.heir)])
                }
            }
            try await PrivacyRepository.save(job, part: nil, lease: lease, transaction)
        }
    }
}

extension PersonalEvent {
    fileprivate init(_ columns: inout RowReader) throws(StorageError) {
        self.init(
            seq: try columns.integer(), at: try columns.time(), kind: Int(try columns.integer()),
            messageID: try columns.text(), actor: try columns.text(), isDeleted: try columns.bool(),
            content: try columns.optionalText(), mentions: try TextList.decode(try columns.optionalText()),
            originalMentions: try TextList.decode(try columns.optionalText()),
            clientID: try columns.optionalText(), emoji: try columns.optionalText())
    }
}
