/// Reads the messages and events of one tenant's rooms.
public struct MessageRepository: Sendable {
    let database: any Database
    let tenant: String

    /// The messages of a tenant.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    private func read<R: Sendable>(
        _ room: String, seen: RoomHead? = nil,
        _ body: @escaping @Sendable (MessageReader) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let tenant = tenant
        let all = { @Sendable (_ transaction: any Queryable) async throws(StorageError) -> R in
            try await body(MessageReader(transaction: transaction, tenant: tenant, room: room))
        }
        guard let seen else { return try await database.read(all) }
        return try await database.readReplica(
            where: { (transaction) async throws(StorageError) -> Bool in
                try await transaction.head(tenant, room)?.covers(seen) ?? false
            }, all)
    }

    /// A part of a room's messages as they are now; with `thread` only that message and its answers.
    ///
    /// A thread may be named by any message in it. An unknown room or thread has no messages.
    ///
    /// - Parameter seen: The room as its reader may know it, from the store itself, a moment ago: a replica that has
    ///   all of that may answer. Every edit and deletion is an event with a seq, so none that was seen comes undone.
    public func history(
        room: String, _ position: HistoryPosition = .latest, limit: Int, thread: String? = nil,
        seen: RoomHead? = nil
    ) async throws(StorageError) -> HistoryPage {
        let limit = limit.asPageLimit
        return try await read(room, seen: seen) { (reader) async throws(StorageError) in
            guard let thread else { return try await reader.page(position, limit: limit, .room) }
            guard let root = try await reader.threadSeq(of: thread) else {
                return HistoryPage(messages: [], moreBefore: false, moreAfter: false)
            }
            return try await reader.page(position, limit: limit, .thread(root))
        }
    }

    /// A room's events with `after < seq ≤ through`, oldest first, for a replay: as they happened, but text that was
    /// deleted since is left out.
    public func events(
        room: String, after: Int64, through: Int64 = .max, limit: Int
    ) async throws(StorageError) -> [StoredEvent] {
        let limit = limit.asPageLimit
        return try await read(room) { (reader) async throws(StorageError) in
            try await reader.events(after: after, through: through, limit: limit)
        }
    }

    /// A message as it is now, its tombstone included; `seen` as for ``history(room:_:limit:thread:seen:)``.
    public func message(
        _ id: String, room: String, seen: RoomHead? = nil
    ) async throws(StorageError) -> MessageRecord? {
        try await read(room, seen: seen) { (reader) async throws(StorageError) in try await reader.message(id)
        }
    }

    /// The pinned messages, the newest 100, oldest first; `seen` as for ``history(room:_:limit:thread:seen:)``.
    public func pins(room: String, seen: RoomHead? = nil) async throws(StorageError) -> [MessageRecord] {
        try await read(room, seen: seen) { (reader) async throws(StorageError) in try await reader.pins() }
    }

    /// The newest messages that contain all words of `query`, oldest first; the last word may be just a beginning.
    ///
    /// Case and diacritics do not matter. `moreBefore` says whether older ones match; ask `before` the first's seq.
    /// `seen` as for ``history(room:_:limit:thread:seen:)``.
    public func search(
        room: String, _ query: String, before: Int64? = nil, limit: Int, seen: RoomHead? = nil
    ) async throws(StorageError) -> HistoryPage {
        let search = database.search
        let limit = limit.asPageLimit
        return try await read(room, seen: seen) { (reader) async throws(StorageError) in
            var seqs = try await search.find(
                query, tenant: reader.tenant, room: room, before: before, limit: limit + 1,
                in: reader.transaction)
            let isMore = seqs.count > limit
            if isMore { seqs.removeLast() }
            let messages = try await reader.messages(at: seqs.reversed())
            return HistoryPage(messages: messages, moreBefore: isMore, moreAfter: before != nil)
        }
    }

    /// How far a person has read; 0 where they never said.
    public func readMarker(room: String, user: String) async throws(StorageError) -> Int64 {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            try await MessageRepository.marker(tenant, room, user, transaction)
        }
    }

    private static func marker(
        _ tenant: String, _ room: String, _ user: String, _ transaction: any Queryable
    ) async throws(StorageError) -> Int64 {
        var columns = try await transaction.first(
            "SELECT seq FROM read_markers WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3",
            [.text(tenant), .text(room), .text(user)])?.columns
        return try columns?.integer() ?? 0
    }

    /// Says how far a person has read: never backwards, never beyond the newest event.
    ///
    /// - Returns: Where the marker is now.
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    public func setReadMarker(
        room: String, user: String, seq: Int64
    ) async throws(StorageError) -> Int64 {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let head = try await transaction.head(tenant, room)
            guard let head else { throw .notFound("no such room") }
            let row = try await transaction.first(
                """
                INSERT INTO read_markers (tenant_id, room_id, user_id, seq) VALUES ($1, $2, $3, $4)
                ON CONFLICT (tenant_id, room_id, user_id) DO UPDATE SET seq =
                    CASE WHEN excluded.seq > read_markers.seq THEN excluded.seq ELSE read_markers.seq END
                RETURNING seq
                """, [.text(tenant), .text(room), .text(user), .integer(max(0, min(seq, head.seq)))])
            guard var columns = row?.columns else { throw .corrupt("a marker without a row") }
            return try columns.integer()
        }
    }

    /// What a person has not read.
    public func unread(room: String, user: String) async throws(StorageError) -> Unread {
        try await read(room) { (reader) async throws(StorageError) in
            let seq = try await MessageRepository.marker(reader.tenant, room, user, reader.transaction)
            return try await reader.unread(user: user, after: seq, seq: .max)
        }
    }
}

extension Queryable {
    /// Where a room's numbering stands.
    func head(_ tenant: String, _ room: String) async throws(StorageError) -> RoomHead? {
        let row = try await first(
            "SELECT epoch, seq, floor FROM rooms WHERE tenant_id = $1 AND id = $2",
            [.text(tenant), .text(room)])
        guard var columns = row?.columns else { return nil }
        return RoomHead(
            epoch: try columns.text(), seq: try columns.integer(), floor: try columns.integer())
    }
}
