import Bytes

extension AppendBatch {
    /// A message that an act is about, as it is now.
    struct Target {
        let id: String
        let seq: Int64
        let authorID: String
        let isDeleted: Bool
        let isPinned: Bool
        let threadSeq: Int64?
        let emojiCount: Int
        let content: String
        let mentions: [String]
    }

    /// An event in the making; what it does not have is NULL.
    struct Change {
        var kind: Int64
        var messageID: String
        var content: String?
        var mentions: [String] = []
        var emoji: String?
        var flag: Bool?
        var count: Int64?
    }

    /// Edits, deletes, pins or reacts.
    mutating func change(
        _ request: AppendRequest, in key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        guard let target = try await target(of: request.act, in: key) else {
            return .refused(.messageNotFound)
        }
        let outcome = try await change(target, request, key)
        if request.isRecorded, case .appended = outcome { try await record(request, target, key) }
        return outcome
    }

    private mutating func change(
        _ target: Target, _ request: AppendRequest, _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        switch request.act {
        case .message: return .refused(.messageNotFound)
        case .edit(_, let content, let mentions, let byModerator):
            guard byModerator || target.authorID == request.actor.id else { return .refused(.notAuthor) }
            return try await edit(target, content, mentions, request, key)
        case .delete(_, let byModerator):
            guard byModerator || target.authorID == request.actor.id else { return .refused(.notAuthor) }
            return try await delete(target, request, key)
        case .pin(_, let isPinned): return try await pin(target, isPinned, request, key)
        case .reaction(_, let emoji, true): return try await addReaction(target, emoji, request, key)
        case .reaction(_, let emoji, false): return try await removeReaction(target, emoji, request, key)
        }
    }

    private func target(of act: Act, in key: RoomKey) async throws(StorageError) -> Target? {
        let id: String
        switch act {
        case .message: return nil
        case .edit(let messageID, _, _, _), .delete(let messageID, _), .pin(let messageID, _),
            .reaction(let messageID, _, _):
            id = messageID
        }
        let row = try await transaction.first(
            """
            SELECT seq, actor_id, deleted, pinned, thread_seq, emoji_count, content, mentions FROM events
            WHERE tenant_id = $1 AND message_id = $2 AND kind <= 1 AND kind = 0 AND room_id = $3
            """, [.text(key.tenant), .text(id), .text(key.room)])
        guard var columns = row?.columns else { return nil }
        return Target(
            id: id, seq: try columns.integer(), authorID: try columns.text(), isDeleted: try columns.bool(),
            isPinned: try columns.bool(), threadSeq: try columns.optionalInteger(),
            emojiCount: Int(try columns.integer()), content: try columns.optionalText() ?? "",
            mentions: try TextList.decode(try columns.optionalText()))
    }

    private func unchanged(_ key: RoomKey) -> AppendOutcome { .unchanged(seq: rooms[key]?.seq ?? 0) }

    /// Writes an event that is no message.
    mutating func store(
        _ change: Change, _ body: StoredEvent.Body, _ request: AppendRequest, _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        let seq = nextSeq(key)
        _ = try await transaction.query(
            """
            INSERT INTO events (tenant_id, room_id, seq, kind, at, actor_id, actor_name, actor_bot, message_id,
                content, mentions, emoji, flag, count)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [
                .text(key.tenant), .text(key.room), .integer(seq), .integer(change.kind),
                .integer(request.at.milliseconds), .text(request.actor.id), .text(request.actor.name),
                .bool(request.actor.isBot), .text(change.messageID), .optional(change.content),
                TextList.encode(change.mentions), .optional(change.emoji),
                change.flag.map { .bool($0) } ?? .null, .optional(change.count),
            ])
        return .appended(
            StoredEvent(room: key.room, seq: seq, at: request.at, actor: request.actor, body: body))
    }

    private mutating func edit(
        _ target: Target, _ content: String, _ mentions: [String], _ request: AppendRequest, _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        if target.isDeleted { return .refused(.messageDeleted) }
        // By bytes: "e" with an accent and the two characters that look the same are different texts.
        let isSame = target.content.utf8.elementsEqual(content.utf8) && target.mentions == mentions
        if isSame { return unchanged(key) }
        _ = try await transaction.query(
            """
            UPDATE events SET content = $4, mentions = $5, edited_at = $6,
                original_mentions = CASE WHEN original IS NULL THEN mentions ELSE original_mentions END,
                original = COALESCE(original, content)
            WHERE tenant_id = $1 AND room_id = $2 AND seq = $3
            """,
            [
                .text(key.tenant), .text(key.room), .integer(target.seq), .text(content),
                TextList.encode(mentions), .integer(request.at.milliseconds),
            ])
        try await forgetMentions(target, key)
        try await insertMentions(
            Set(mentions).filter { $0 != target.authorID }.map {
                [.text(key.tenant), .text($0), .text(key.room), .integer(target.seq)]
            })
        index(key, target.seq, from: target.content, to: content)
        let change = Change(kind: 1, messageID: target.id, content: content, mentions: mentions)
        let body = StoredEvent.Body.updated(
            messageID: target.id, content: content, mentions: mentions, editedAt: request.at)
        return try await store(change, body, request, key)
    }

    /// Clears a message's text wherever it is kept; its tombstone has no pin, no reactions and no mentions.
    private mutating func delete(
        _ target: Target, _ request: AppendRequest, _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        if target.isDeleted { return unchanged(key) }
        let place: [DatabaseValue] = [.text(key.tenant), .text(key.room), .integer(target.seq)]
        _ = try await transaction.query(
            """
            UPDATE events SET deleted = 1, pinned = 0, emoji_count = 0, content = '', mentions = NULL,
                original = NULL, original_mentions = NULL, document_id = NULL, highlight = NULL
            WHERE tenant_id = $1 AND room_id = $2 AND seq = $3
            """, place)
        let message: [DatabaseValue] = [.text(key.tenant), .text(target.id)]
        _ = try await transaction.query(
            """
            UPDATE events SET content = NULL, mentions = NULL
            WHERE tenant_id = $1 AND message_id = $2 AND kind <= 1 AND kind = 1
            """, message)
        if target.emojiCount > 0 {
            _ = try await transaction.query(
                "DELETE FROM reactions WHERE tenant_id = $1 AND message_id = $2", message)
            _ = try await transaction.query(
                "DELETE FROM reaction_counts WHERE tenant_id = $1 AND message_id = $2", message)
        }
        try await forgetMentions(target, key)
        if let threadSeq = target.threadSeq {
            try await countReplies([[.text(key.tenant), .text(key.room), .integer(threadSeq), -1]])
        }
        index(key, target.seq, from: target.content, to: nil)
        return try await store(
            Change(kind: 2, messageID: target.id), .deleted(messageID: target.id), request, key)
    }

    private func forgetMentions(_ target: Target, _ key: RoomKey) async throws(StorageError) {
        if target.mentions.isEmpty { return }
        _ = try await transaction.queries(
            "DELETE FROM mentions WHERE tenant_id = $1 AND user_id = $2 AND room_id = $3 AND seq = $4",
            target.mentions.map { [.text(key.tenant), .text($0), .text(key.room), .integer(target.seq)] })
    }

    private mutating func pin(
        _ target: Target, _ isPinned: Bool, _ request: AppendRequest, _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        if target.isDeleted { return .refused(.messageDeleted) }
        if target.isPinned == isPinned { return unchanged(key) }
        _ = try await transaction.query(
            "UPDATE events SET pinned = $4 WHERE tenant_id = $1 AND room_id = $2 AND seq = $3",
            [.text(key.tenant), .text(key.room), .integer(target.seq), .bool(isPinned)])
        return try await store(
            Change(kind: 3, messageID: target.id, flag: isPinned), .pinned(messageID: target.id, isPinned),
            request, key)
    }

    // MARK: Reactions

    private mutating func addReaction(
        _ target: Target, _ emoji: String, _ request: AppendRequest, _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        if target.isDeleted { return .refused(.messageDeleted) }
        let place: [DatabaseValue] = [.text(key.tenant), .text(target.id), .text(emoji)]
        let known = try await transaction.first(
            "SELECT count FROM reaction_counts WHERE tenant_id = $1 AND message_id = $2 AND emoji = $3", place
        )
        if known == nil, target.emojiCount >= limits.emojiPerMessage { return .refused(.tooManyReactions) }
        let inserted = try await transaction.first(
            """
            INSERT INTO reactions (tenant_id, message_id, emoji, user_id, at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING RETURNING at
            """, place + [.text(request.actor.id), .integer(request.at.milliseconds)])
        if inserted == nil { return unchanged(key) }
        let count = try await count(
            """
            INSERT INTO reaction_counts (tenant_id, message_id, emoji, count, first_seq) VALUES ($1, $2, $3, 1, $4)
            ON CONFLICT (tenant_id, message_id, emoji) DO UPDATE SET count = reaction_counts.count + 1
            RETURNING count
            """, place + [.integer((rooms[key]?.seq ?? 0) + 1)])
        if known == nil { try await countEmoji(1, target, key) }
        return try await storeReaction(target, emoji, true, count, request, key)
    }

    private mutating func removeReaction(
        _ target: Target, _ emoji: String, _ request: AppendRequest, _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        if target.isDeleted { return .refused(.messageDeleted) }
        let place: [DatabaseValue] = [.text(key.tenant), .text(target.id), .text(emoji)]
        let removed = try await transaction.first(
            """
            DELETE FROM reactions WHERE tenant_id = $1 AND message_id = $2 AND emoji = $3 AND user_id = $4
            RETURNING at
            """, place + [.text(request.actor.id)])
        if removed == nil { return unchanged(key) }
        let count = try await count(
            """
            UPDATE reaction_counts SET count = count - 1
            WHERE tenant_id = $1 AND message_id = $2 AND emoji = $3 RETURNING count
            """, place)
        if count == 0 {
            _ = try await transaction.query(
                "DELETE FROM reaction_counts WHERE tenant_id = $1 AND message_id = $2 AND emoji = $3", place)
            try await countEmoji(-1, target, key)
        }
        return try await storeReaction(target, emoji, false, count, request, key)
    }

    private func count(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> Int {
        guard var columns = try await transaction.first(sql, parameters)?.columns else {
            throw .corrupt("a reaction is not counted")
        }
        return Int(try columns.integer())
    }

    private func countEmoji(_ more: Int64, _ target: Target, _ key: RoomKey) async throws(StorageError) {
        _ = try await transaction.query(
            """
            UPDATE events SET emoji_count = emoji_count + $4
            WHERE tenant_id = $1 AND room_id = $2 AND seq = $3
            """, [.text(key.tenant), .text(key.room), .integer(target.seq), .integer(more)])
    }

    private mutating func storeReaction(
        _ target: Target, _ emoji: String, _ isAdded: Bool, _ count: Int, _ request: AppendRequest,
        _ key: RoomKey
    ) async throws(StorageError) -> AppendOutcome {
        let change = Change(
            kind: 4, messageID: target.id, emoji: emoji, flag: isAdded, count: Int64(count))
        let body = StoredEvent.Body.reaction(
            messageID: target.id, emoji: emoji, added: isAdded, count: count)
        return try await store(change, body, request, key)
    }
}
