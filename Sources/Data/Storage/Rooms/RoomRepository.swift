public import Bytes

/// The rooms of one tenant, who belongs to them and who may not.
public struct RoomRepository: Sendable {
    let database: any Database
    let tenant: String

    /// The rooms of a tenant.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    func read<R: Sendable>(
        _ body: @escaping @Sendable (RoomTables) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            try await body(RoomTables(transaction: transaction, tenant: tenant))
        }
    }

    func write<R: Sendable>(
        _ body: @escaping @Sendable (RoomTables) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            try await body(RoomTables(transaction: transaction, tenant: tenant))
        }
    }

    /// Makes a room, with its creator as owner. The same id by the same creator again is the first one's room.
    ///
    /// - Parameter creatorName: How the owner is listed among the members.
    /// - Throws: ``StorageError/conflict(_:)`` where somebody else has a room of this id.
    public func create(
        _ room: RoomRecord, creatorName: String
    ) async throws(StorageError) -> (room: RoomRecord, created: Bool) {
        try await write { (tables) async throws(StorageError) in
            if let existing = try await tables.room(room.id) {
                guard existing.creatorID == room.creatorID else { throw .conflict("The room id is taken.") }
                return (existing, false)
            }
            let created = try await tables.insert(room)
            let owner = MemberRecord(
                room: room.id, user: room.creatorID, name: creatorName, role: .owner,
                joinedAt: room.createdAt,
                lastSeenAt: room.createdAt)
            try await tables.insert(owner)
            return (created, true)
        }
    }

    /// A room by its id, archived or not.
    public func room(_ id: String) async throws(StorageError) -> RoomRecord? {
        try await read { (tables) async throws(StorageError) in try await tables.room(id) }
    }

    /// Rooms, the newest first: all but the private ones in which `user` is neither member nor invited.
    ///
    /// - Parameters:
    ///   - query: Up to eight words that name or description must contain, whatever their case.
    ///   - cursor: From the page before; one that is not ours begins anew.
    ///   - user: Who looks: private rooms are shown to their members and invited people only; nil shows all.
    ///   - archived: Whether archived rooms are shown too.
    public func list(
        query: String? = nil, cursor: String? = nil, limit: Int, visibleTo user: String?,
        archived: Bool = false,
        now: Timestamp = .now()
    ) async throws(StorageError) -> Page<RoomRecord> {
        let words = (query ?? "").lowercased().split(whereSeparator: \.isWhitespace).prefix(8)
        let start = Cursor(cursor) ?? Cursor(.max, "")
        let limit = limit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            let rooms = try await tables.list(
                words.map(String.init), start, limit + 1, user ?? "", archived: archived, now)
            return Page(rooms, limit: limit) { Cursor($0.createdAt.milliseconds, $0.id).description }
        }
    }

    /// Changes a room.
    ///
    /// - Returns: The room as it is now, or nil without such a room.
    public func update(
        _ id: String, _ changes: RoomChanges, at: Timestamp = .now()
    ) async throws(StorageError) -> RoomRecord? {
        try await write { (tables) async throws(StorageError) in
            guard let room = try await tables.room(id) else { return nil }
            if changes == RoomChanges() { return room }
            let changed = room.applying(changes, at: at)
            try await tables.update(changed)
            return changed
        }
    }

    /// Archives a room: it can be read, not written. Again is nothing.
    ///
    /// - Returns: The room as it is now, or nil without such a room.
    public func archive(_ id: String, at: Timestamp = .now()) async throws(StorageError) -> RoomRecord? {
        try await write { (tables) async throws(StorageError) in
            guard var room = try await tables.room(id), room.active else { return try await tables.room(id) }
            room.active = false
            room.updatedAt = at
            try await tables.update(room)
            return room
        }
    }

    /// Where a room's numbering stands, or nil without such a room.
    public func head(_ id: String) async throws(StorageError) -> RoomHead? {
        try await read { (tables) async throws(StorageError) in
            try await tables.transaction.head(tables.tenant, id)
        }
    }

    /// All that a join needs, in one snapshot; nil without such a room.
    ///
    /// - Parameters:
    ///   - history: How many of the newest messages; 0 for none.
    ///   - after: Asks for the events that a client has missed.
    ///   - missedLimit: More missed events than this are a ``ReplayGap/limit``.
    public func joinView(
        room: String, user: String, history: Int = 0, after: ReplayPosition? = nil, missedLimit: Int = 1000,
        now: Timestamp = .now()
    ) async throws(StorageError) -> JoinView? {
        let request = JoinViewRequest(room: room, user: user, history: history, after: after)
        let limit = missedLimit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            try await tables.joinView(request, missedLimit: limit, now)
        }
    }
}

extension RoomTables {
    /// All that a join needs; nil without such a room.
    func joinView(
        _ request: JoinViewRequest, missedLimit: Int, _ now: Timestamp
    ) async throws(StorageError) -> JoinView? {
        guard var view = try await standing(request.room, request.user, now) else { return nil }
        let reader = MessageReader(transaction: transaction, tenant: tenant, room: request.room)
        view.unread = try await reader.unread(
            user: request.user, after: view.unread.readSeq, seq: view.room.seq)
        if request.history > 0 {
            view.history = try await reader.page(.latest, limit: request.history.asPageLimit, .room)
        }
        guard let after = request.after else { return view }
        view.gap = view.room.gap(after: after, limit: missedLimit)
        if view.gap == nil, after.seq < view.room.seq {
            view.missed = try await reader.events(
                after: after.seq, through: view.room.seq, limit: missedLimit)
        }
        return view
    }
}

extension RoomRecord {
    /// Why the events after a position cannot follow, or nil where they can.
    public func gap(after position: ReplayPosition, limit: Int) -> ReplayGap? {
        if position.epoch != epoch || position.seq > seq || position.seq < 0 { return .epoch }
        if position.seq < seq, position.seq + 1 < floor { return .retention }
        return seq - position.seq > Int64(limit) ? .limit : nil
    }
}
