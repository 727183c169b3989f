import Bytes

extension AppendBatch {
    /// What a sender may repeat.
    struct SendKey: Hashable {
        let room: RoomKey
        let author: String
        let clientID: String

        // By bytes, as the table compares: Swift would take texts that only look the same for equal.
        static func == (a: SendKey, b: SendKey) -> Bool {
            a.room == b.room && a.author.utf8.elementsEqual(b.author.utf8)
                && a.clientID.utf8.elementsEqual(b.clientID.utf8)
        }
    }

    /// What was sent under a ``SendKey``.
    struct SentMessage {
        let seq: Int64
        let messageID: String
        let at: Timestamp

        init(seq: Int64, messageID: String, at: Timestamp) {
            self.seq = seq
            self.messageID = messageID
            self.at = at
        }

        /// Reads its seq, id and time.
        init(_ columns: inout RowReader) throws(StorageError) {
            seq = try columns.integer()
            messageID = try columns.text()
            at = try columns.time()
        }
    }

    /// A message that another one answers.
    struct Parent {
        let room: RoomKey
        /// The seq of the message that its thread began with.
        let threadSeq: Int64
    }

    /// Rows that wait to be written together.
    struct MessageWrites {
        var events: [[DatabaseValue]] = []
        var keys: [[DatabaseValue]] = []
        var mentions: [[DatabaseValue]] = []
        var replies: [[DatabaseValue]] = []
    }

    mutating func findRepeats() async throws(StorageError) {
        var keys: [SendKey] = []
        for request in requests {
            guard case .message(let message) = request.act, let clientID = message.clientID else { continue }
            let room = RoomKey(tenant: request.tenant, room: request.room)
            keys.append(SendKey(room: room, author: request.actor.id, clientID: clientID))
        }
        if keys.isEmpty { return }
        switch dialect {
        case .sqlite:
            let results = try await transaction.queries(
                """
                SELECT seq, message_id, at FROM message_keys
                WHERE tenant_id = $1 AND room_id = $2 AND author_id = $3 AND client_id = $4
                """,
                keys.map {
                    [.text($0.room.tenant), .text($0.room.room), .text($0.author), .text($0.clientID)]
                })
            for (key, rows) in zip(keys, results) {
                if var columns = rows.first?.columns { sent[key] = try SentMessage(&columns) }
            }
        case .postgres:
            // One statement for all: there each has a price of its own. An index finds them one by one, as a limit says
            // that there is one at most.
            let rows = try await transaction.query(
                """
                SELECT k.place, m.seq, m.message_id, m.at
                FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
                    AS k (tenant_id, room_id, author_id, client_id, place)
                CROSS JOIN LATERAL (
                    SELECT seq, message_id, at FROM message_keys
                    WHERE tenant_id = k.tenant_id AND room_id = k.room_id AND author_id = k.author_id
                        AND client_id = k.client_id
                    LIMIT 1
                ) AS m
                """,
                [
                    .texts(keys.map(\.room.tenant)), .texts(keys.map(\.room.room)),
                    .texts(keys.map(\.author)),
                    .texts(keys.map(\.clientID)),
                ])
            for row in rows {
                var columns = row.columns
                let place = Int(try columns.integer()) - 1
                sent[keys[place]] = try SentMessage(&columns)
            }
        }
    }

    mutating func findParents() async throws(StorageError) {
        var wanted: [(tenant: String, id: String)] = []
        for request in requests {
            guard case .message(let message) = request.act, let id = message.replyTo else { continue }
            wanted.append((request.tenant, id))
        }
        if wanted.isEmpty { return }
        let results = try await transaction.queries(
            """
            SELECT room_id, COALESCE(thread_seq, seq) FROM events
            WHERE tenant_id = $1 AND message_id = $2 AND kind <= 1 AND kind = 0
            """, wanted.map { [.text($0.tenant), .text($0.id)] })
        for (parent, rows) in zip(wanted, results) {
            guard var columns = rows.first?.columns else { continue }
            let room = RoomKey(tenant: parent.tenant, room: try columns.text())
            parents[parent.id] = Parent(room: room, threadSeq: try columns.integer())
        }
    }

    /// Gives a message its seq and queues its rows.
    mutating func append(_ message: NewMessage, at index: Int, in key: RoomKey) -> AppendOutcome {
        let request = requests[index]
        let sendKey = message.clientID.map { SendKey(room: key, author: request.actor.id, clientID: $0) }
        if let sendKey, let first = sent[sendKey] {
            return .duplicate(seq: first.seq, messageID: first.messageID, at: first.at)
        }
        guard rooms[key]?.isActive == true else { return .refused(.roomArchived) }
        var threadSeq: Int64?
        if let replyTo = message.replyTo {
            guard let parent = parents[replyTo], parent.room == key else { return .refused(.replyNotFound) }
            threadSeq = parent.threadSeq
        }
        if let wait = slowMode(request) { return .refused(.slowMode(wait: wait)) }
        let seq = nextSeq(key)
        if let sendKey { sent[sendKey] = SentMessage(seq: seq, messageID: message.id, at: request.at) }
        parents[message.id] = Parent(room: key, threadSeq: threadSeq ?? seq)
        queue(message, at: index, key, seq, threadSeq)
        let record = MessageRecord(message, seq: seq, at: request.at, author: request.actor)
        return .appended(
            StoredEvent(
                room: request.room, seq: seq, at: request.at, actor: request.actor, body: .message(record)))
    }

    private mutating func queue(
        _ message: NewMessage, at index: Int, _ key: RoomKey, _ seq: Int64, _ threadSeq: Int64?
    ) {
        let request = requests[index]
        var draft = takeDraft(at: index) ?? Draft(message, of: request)
        draft.number(seq, threadSeq)
        writes.events.append(draft.event)
        if let row = draft.key { writes.keys.append(row) }
        for user in Set(message.mentions) where user != request.actor.id {
            writes.mentions.append([.text(key.tenant), .text(user), .text(key.room), .integer(seq)])
        }
        if let threadSeq {
            writes.replies.append([.text(key.tenant), .text(key.room), .integer(threadSeq), 1])
        }
        self.index(key, seq, from: nil, to: message.content, words: draft.words)
    }

    private mutating func takeDraft(at index: Int) -> Draft? {
        guard index < drafts.count else { return nil }
        defer { drafts[index] = nil }
        return drafts[index]
    }

    /// Writes the messages that wait, and their keys before them: where one is a repeat, the less was in vain.
    mutating func flushMessages() async throws(StorageError) {
        let (events, keys) = (writes.events, writes.keys)
        writes.events = []
        writes.keys = []
        if !keys.isEmpty {
            try await transaction.execute(
                """
                INSERT INTO message_keys (tenant_id, room_id, author_id, client_id, seq, message_id, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """, keys)
        }
        if !events.isEmpty {
            try await transaction.execute(
                """
                INSERT INTO events (tenant_id, room_id, seq, kind, at, actor_id, actor_name, actor_bot, message_id,
                    message_type, content, mentions, reply_to, thread_seq, client_id, document_id, highlight)
                VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                """, events)
        }
    }

    /// Writes all rows that wait.
    mutating func flush() async throws(StorageError) {
        try await flushMessages()
        let (mentions, replies) = (writes.mentions, writes.replies)
        writes = MessageWrites()
        if !mentions.isEmpty { try await insertMentions(mentions) }
        if !replies.isEmpty { try await countReplies(replies) }
    }

    /// - Parameter rows: Tenant, user, room, seq of each mention.
    func insertMentions(_ rows: [[DatabaseValue]]) async throws(StorageError) {
        try await transaction.execute(
            """
            INSERT INTO mentions (tenant_id, user_id, room_id, seq) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """, rows)
    }

    /// - Parameter rows: Tenant, room, seq of the thread's first message, how many more answers it has.
    func countReplies(_ rows: [[DatabaseValue]]) async throws(StorageError) {
        try await transaction.execute(
            """
            UPDATE events SET reply_count = reply_count + $4
            WHERE tenant_id = $1 AND room_id = $2 AND seq = $3
            """, rows)
    }
}
