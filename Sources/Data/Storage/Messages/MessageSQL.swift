/// The statements that list messages.
///
/// Pages are found in an index that holds nothing but messages, then joined with their rows: a thousand reactions
/// between two messages cost nothing.
enum MessageSQL {
    private static let columns = """
        seq, message_id, at, actor_id, actor_name, actor_bot, message_type, content, reply_to, mentions, client_id,
        document_id, highlight, pinned, deleted, edited_at, reply_count, emoji_count
        """

    private static func page(_ selection: String, _ order: String) -> String {
        """
        SELECT \(columns) FROM (\(selection) ORDER BY page_seq \(order) LIMIT $4) AS page
        JOIN events ON tenant_id = $1 AND room_id = $2 AND seq = page_seq ORDER BY seq \(order)
        """
    }

    private static func inRoom(_ bound: String) -> String {
        "SELECT seq AS page_seq FROM events WHERE tenant_id = $1 AND room_id = $2 AND kind = 0 AND seq \(bound) $3"
    }

    // A thread is the message that it began with ($5) and its answers.
    private static func inThread(_ bound: String) -> String {
        """
        SELECT page_seq FROM (
            SELECT seq AS page_seq FROM events
            WHERE tenant_id = $1 AND room_id = $2 AND thread_seq = $5 AND seq \(bound) $3
            UNION ALL SELECT seq FROM events
            WHERE tenant_id = $1 AND room_id = $2 AND seq = $5 AND seq \(bound) $3
        ) AS thread
        """
    }

    static let older = page(inRoom("<"), "DESC")
    static let newer = page(inRoom(">"), "ASC")
    static let olderInThread = page(inThread("<"), "DESC")
    static let newerInThread = page(inThread(">"), "ASC")

    static let byID = """
        SELECT \(columns) FROM events
        WHERE tenant_id = $1 AND message_id = $3 AND kind <= 1 AND kind = 0 AND room_id = $2
        """

    static let bySeq = """
        SELECT \(columns) FROM events WHERE tenant_id = $1 AND room_id = $2 AND seq = $3 AND kind = 0
        """

    static let pinned = """
        SELECT \(columns) FROM events WHERE tenant_id = $1 AND room_id = $2 AND pinned = 1
        ORDER BY seq DESC LIMIT 100
        """

    static let lastMessage = """
        SELECT \(columns) FROM events WHERE tenant_id = $1 AND room_id = $2 AND seq = (
            SELECT MAX(seq) FROM events WHERE tenant_id = $1 AND room_id = $2 AND kind = 0 AND deleted = 0
        )
        """

    static let events = """
        SELECT kind, flag, emoji, count, original, original_mentions, \(columns) FROM events
        WHERE tenant_id = $1 AND room_id = $2 AND seq > $3 AND seq <= $4 ORDER BY seq LIMIT $5
        """

    static let unread = """
        SELECT
            (SELECT COUNT(*) FROM (
                SELECT 1 FROM events WHERE tenant_id = $1 AND room_id = $2 AND kind = 0 AND seq > $4
                    AND deleted = 0 AND actor_id <> $3 LIMIT 1000
            ) AS others),
            (SELECT COUNT(*) FROM (
                SELECT 1 FROM mentions WHERE tenant_id = $1 AND user_id = $3 AND room_id = $2 AND seq > $4
                LIMIT 1000
            ) AS named)
        """
}

extension MessageRecord {
    /// A message as it is, from the columns of ``MessageSQL``.
    init(_ columns: inout RowReader) throws(StorageError) {
        seq = try columns.integer()
        id = try columns.text()
        at = try columns.time()
        author = Author(id: try columns.text(), name: try columns.text(), isBot: try columns.bool())
        let typeName = try columns.text()
        guard let type = MessageType(rawValue: typeName) else {
            throw .corrupt("no such message type: \(typeName)")
        }
        self.type = type
        content = try columns.optionalText() ?? ""
        replyTo = try columns.optionalText()
        mentions = try TextList.decode(try columns.optionalText())
        clientID = try columns.optionalText()
        documentID = try columns.optionalText()
        highlight = try columns.optionalText()
        pinned = try columns.bool()
        deleted = try columns.bool()
        editedAt = try columns.optionalTime()
        replyCount = Int(try columns.integer())
        hasReactions = try columns.integer() > 0
    }
}

extension StoredEvent {
    /// An event as it happened, from the columns of ``MessageSQL/events``.
    init(room: String, _ columns: inout RowReader) throws(StorageError) {
        let kind = try columns.integer()
        let flag = try columns.optionalInteger() == 1
        let emoji = try columns.optionalText() ?? ""
        let count = Int(try columns.optionalInteger() ?? 0)
        let original = try columns.optionalText()
        let originalMentions = try columns.optionalText()
        if kind == 0 {
            var message = try MessageRecord(&columns)
            if let original {
                message.content = original
                message.mentions = try TextList.decode(originalMentions)
            }
            message.editedAt = nil
            message.pinned = false
            message.replyCount = 0
            message.hasReactions = false
            self.init(
                room: room, seq: message.seq, at: message.at, actor: message.author, body: .message(message))
            return
        }
        let seq = try columns.integer()
        let id = try columns.text()
        let at = try columns.time()
        let actor = Author(id: try columns.text(), name: try columns.text(), isBot: try columns.bool())
        columns.skip()
        let content = try columns.optionalText()
        columns.skip()
        let mentions = try TextList.decode(try columns.optionalText())
        let body: Body
        switch kind {
        case 1: body = .updated(messageID: id, content: content, mentions: mentions, editedAt: at)
        case 2: body = .deleted(messageID: id)
        case 3: body = .pinned(messageID: id, flag)
        case 4: body = .reaction(messageID: id, emoji: emoji, added: flag, count: count)
        default: throw .corrupt("no such kind of event: \(kind)")
        }
        self.init(room: room, seq: seq, at: at, actor: actor, body: body)
    }
}
