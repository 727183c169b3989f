import Bytes

/// Reads messages and events inside a transaction that somebody else opened.
struct MessageReader {
    let transaction: any Queryable
    let tenant: String
    let room: String

    private var place: [DatabaseValue] { [.text(tenant), .text(room)] }

    /// Which messages of the room: all, or a thread by the seq of its first.
    enum Scope {
        case room
        case thread(Int64)
    }

    // MARK: Pages

    func page(_ position: HistoryPosition, limit: Int, _ scope: Scope) async throws(StorageError)
        -> HistoryPage
    {
        switch position {
        case .latest:
            let (older, more) = try await older(than: .max, limit, scope)
            return HistoryPage(messages: older, moreBefore: more, moreAfter: false)
        case .before(let seq):
            let (older, more) = try await older(than: seq, limit, scope)
            let isNewer = try await exists(after: max(seq, 1) - 1, scope)
            return HistoryPage(messages: older, moreBefore: more, moreAfter: isNewer)
        case .after(let seq):
            let (newer, more) = try await newer(than: seq, limit, scope)
            let isOlder = try await exists(before: seq == .max ? seq : seq + 1, scope)
            return HistoryPage(messages: newer, moreBefore: isOlder, moreAfter: more)
        case .around(let seq): return try await around(seq, limit, scope)
        }
    }

    private func around(_ seq: Int64, _ limit: Int, _ scope: Scope) async throws(StorageError) -> HistoryPage
    {
        let (older, moreBefore) = try await older(than: seq, limit, scope)
        let (newer, moreAfter) = try await newer(than: max(seq, 1) - 1, limit, scope)
        // Half on each side; what one side lacks the other may use.
        let before = max(min(older.count, limit / 2), limit - newer.count)
        let olderPart = older.suffix(before)
        let newerPart = newer.prefix(limit - olderPart.count)
        return HistoryPage(
            messages: Array(olderPart + newerPart), moreBefore: moreBefore || olderPart.count < older.count,
            moreAfter: moreAfter || newerPart.count < newer.count)
    }

    /// The messages next below a seq, oldest first, and whether there are more.
    private func older(
        than seq: Int64, _ limit: Int, _ scope: Scope
    ) async throws(StorageError) -> ([MessageRecord], Bool) {
        var messages = try await select(scope, MessageSQL.older, MessageSQL.olderInThread, seq, limit + 1)
        let isMore = messages.count > limit
        if isMore { messages.removeLast() }
        messages.reverse()
        return (try await withReactions(messages), isMore)
    }

    /// The messages next above a seq, oldest first, and whether there are more.
    private func newer(
        than seq: Int64, _ limit: Int, _ scope: Scope
    ) async throws(StorageError) -> ([MessageRecord], Bool) {
        var messages = try await select(scope, MessageSQL.newer, MessageSQL.newerInThread, seq, limit + 1)
        let isMore = messages.count > limit
        if isMore { messages.removeLast() }
        return (try await withReactions(messages), isMore)
    }

    private func select(
        _ scope: Scope, _ inRoom: String, _ inThread: String, _ seq: Int64, _ limit: Int
    ) async throws(StorageError) -> [MessageRecord] {
        var parameters = place + [.integer(seq), .integer(Int64(limit))]
        var sql = inRoom
        if case .thread(let root) = scope {
            parameters.append(.integer(root))
            sql = inThread
        }
        return try decode(try await transaction.query(sql, parameters))
    }

    private func exists(before seq: Int64, _ scope: Scope) async throws(StorageError) -> Bool {
        try await !select(scope, MessageSQL.older, MessageSQL.olderInThread, seq, 1).isEmpty
    }

    private func exists(after seq: Int64, _ scope: Scope) async throws(StorageError) -> Bool {
        try await !select(scope, MessageSQL.newer, MessageSQL.newerInThread, seq, 1).isEmpty
    }

    private func decode(_ rows: [Row]) throws(StorageError) -> [MessageRecord] {
        var messages: [MessageRecord] = []
        messages.reserveCapacity(rows.count)
        for row in rows {
            var columns = row.columns
            messages.append(try MessageRecord(&columns))
        }
        return messages
    }

    // MARK: Single messages

    /// The seq of the message that a thread began with, by any message of it.
    func threadSeq(of messageID: String) async throws(StorageError) -> Int64? {
        let row = try await transaction.first(
            """
            SELECT COALESCE(thread_seq, seq) FROM events
            WHERE tenant_id = $1 AND message_id = $3 AND kind <= 1 AND kind = 0 AND room_id = $2
            """, place + [.text(messageID)])
        var columns = row?.columns
        return try columns?.integer()
    }

    func message(_ id: String) async throws(StorageError) -> MessageRecord? {
        let rows = try await transaction.query(MessageSQL.byID, place + [.text(id)])
        return try await withReactions(try decode(rows)).first
    }

    /// The messages at these seqs, in their order; those that are not there are left out.
    func messages(at seqs: [Int64]) async throws(StorageError) -> [MessageRecord] {
        let results = try await transaction.queries(MessageSQL.bySeq, seqs.map { place + [.integer($0)] })
        return try await withReactions(try decode(results.flatMap { $0 }))
    }

    /// The newest message that is not deleted.
    func lastMessage() async throws(StorageError) -> MessageRecord? {
        try await withReactions(try decode(try await transaction.query(MessageSQL.lastMessage, place))).first
    }

    func pins() async throws(StorageError) -> [MessageRecord] {
        let rows = try await transaction.query(MessageSQL.pinned, place)
        return try await withReactions(try decode(rows).reversed())
    }

    // MARK: Reactions

    /// Adds their reactions to messages that were just read.
    private func withReactions(_ messages: [MessageRecord]) async throws(StorageError) -> [MessageRecord] {
        let reacted = messages.indices.filter { messages[$0].hasReactions }
        if reacted.isEmpty { return messages }
        let counts = try await transaction.queries(
            """
            SELECT emoji, count FROM reaction_counts WHERE tenant_id = $1 AND message_id = $2 ORDER BY first_seq
            """, reacted.map { [.text(tenant), .text(messages[$0].id)] })
        var messages = messages
        for (index, rows) in zip(reacted, counts) {
            messages[index].reactions = try await reactions(to: messages[index].id, rows)
            messages[index].hasReactions = false
        }
        return messages
    }

    private func reactions(to id: String, _ counts: [Row]) async throws(StorageError) -> [ReactionSummary] {
        var summaries: [ReactionSummary] = []
        for row in counts {
            var columns = row.columns
            summaries.append(
                ReactionSummary(emoji: try columns.text(), count: Int(try columns.integer()), users: []))
        }
        let users = try await transaction.queries(
            """
            SELECT user_id FROM reactions WHERE tenant_id = $1 AND message_id = $2 AND emoji = $3
            ORDER BY user_id LIMIT 20
            """, summaries.map { [.text(tenant), .text(id), .text($0.emoji)] })
        for index in summaries.indices {
            for row in users[index] {
                var columns = row.columns
                summaries[index].users.append(try columns.text())
            }
        }
        return summaries
    }

    // MARK: Events

    func events(after: Int64, through: Int64, limit: Int) async throws(StorageError) -> [StoredEvent] {
        let rows = try await transaction.query(
            MessageSQL.events, place + [.integer(after), .integer(through), .integer(Int64(limit))])
        var events: [StoredEvent] = []
        events.reserveCapacity(rows.count)
        for row in rows {
            var columns = row.columns
            events.append(try StoredEvent(room: room, &columns))
        }
        return events
    }

    // MARK: Unread

    /// What a person has not read after a position. `seq` is the room's newest: at it there is nothing to count.
    func unread(user: String, after readSeq: Int64, seq: Int64) async throws(StorageError) -> Unread {
        guard readSeq < seq else { return Unread(readSeq: readSeq, unread: 0, mentions: 0) }
        let row = try await transaction.first(
            MessageSQL.unread, place + [.text(user), .integer(readSeq)])
        guard var columns = row?.columns else { throw .corrupt("a count without a row") }
        return Unread(
            readSeq: readSeq, unread: Int(try columns.integer()), mentions: Int(try columns.integer()))
    }
}
