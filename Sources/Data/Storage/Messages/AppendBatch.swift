import Bytes

extension Dialect {
    /// Takes a room's row until the end of the transaction, and reads what the newest holder left in it.
    var lockRoom: String {
        switch self {
        case .sqlite: "SELECT seq, active FROM rooms WHERE tenant_id = $1 AND id = $2"
        // Written nothing yet, so no row is left behind for the vacuum.
        case .postgres: "SELECT seq, active FROM rooms WHERE tenant_id = $1 AND id = $2 FOR UPDATE"
        }
    }
}

/// The acts of one transaction becoming events.
///
/// Messages are the many, so they go in bulk: their rooms, keys and parents are read in three runs of one statement
/// each, their rows written in a few more, whatever their number. Changes of messages are the few: each runs its
/// own statements where it stands, after the messages before it are written.
struct AppendBatch {
    /// A room while this transaction holds its counter's row.
    struct Room {
        let tenant: String
        let id: String
        let isActive: Bool
        /// The newest seq given.
        var seq: Int64
        let seqBefore: Int64
    }

    struct RoomKey: Hashable {
        let tenant: String
        let room: String
    }

    let requests: [AppendRequest]
    let transaction: any Queryable
    let search: any MessageSearch
    let limits: MessageLogLimits
    let dialect: Dialect

    var rooms: [RoomKey: Room] = [:]
    var sent: [SendKey: SentMessage] = [:]
    var parents: [String: Parent] = [:]
    /// When authors last said something, in rooms where they have to wait; by keys without a client id.
    var lastPosts: [SendKey: Timestamp] = [:]
    var writes = MessageWrites()
    var searchChanges: [String: [SearchChange]] = [:]

    init(
        _ requests: [AppendRequest], in transaction: any Queryable, search: any MessageSearch,
        limits: MessageLogLimits, dialect: Dialect
    ) {
        self.dialect = dialect
        self.requests = requests
        self.transaction = transaction
        self.search = search
        self.limits = limits
    }

    /// Appends all, in their order.
    ///
    /// - Returns: An outcome for each request.
    mutating func append() async throws(StorageError) -> [AppendOutcome] {
        try await lockRooms()
        try await findRepeats()
        try await findParents()
        try await findLastPosts()
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(requests.count)
        for request in requests { outcomes.append(try await append(request)) }
        try await flush()
        try await storeCounters()
        for (tenant, changes) in searchChanges {
            try await search.apply(changes, tenant: tenant, in: transaction)
        }
        return outcomes
    }

    private mutating func append(_ request: AppendRequest) async throws(StorageError) -> AppendOutcome {
        let key = RoomKey(tenant: request.tenant, room: request.room)
        guard let room = rooms[key] else { return .refused(.roomNotFound) }
        if case .message(let message) = request.act { return append(message, of: request, in: key) }
        guard room.isActive || request.act.isRemoval else { return .refused(.roomArchived) }
        try await flush()
        return try await change(request, in: key)
    }

    // MARK: Rooms

    /// Takes every room's counter row, in one order for all transactions, so that two of them never wait for each
    /// other crosswise.
    private mutating func lockRooms() async throws(StorageError) {
        var keys = Set<RoomKey>()
        for request in requests { keys.insert(RoomKey(tenant: request.tenant, room: request.room)) }
        let ordered = keys.sorted { ($0.tenant, $0.room) < ($1.tenant, $1.room) }
        let results = try await transaction.queries(
            dialect.lockRoom,
            ordered.map { [.text($0.tenant), .text($0.room)] })
        for (key, rows) in zip(ordered, results) {
            guard var columns = rows.first?.columns else { continue }
            let seq = try columns.integer()
            rooms[key] = Room(
                tenant: key.tenant, id: key.room, isActive: try columns.bool(), seq: seq, seqBefore: seq)
        }
    }

    private func storeCounters() async throws(StorageError) {
        let advanced = rooms.values.filter { $0.seq > $0.seqBefore }
        if advanced.isEmpty { return }
        try await transaction.execute(
            "UPDATE rooms SET seq = $3 WHERE tenant_id = $1 AND id = $2",
            advanced.map { [.text($0.tenant), .text($0.id), .integer($0.seq)] })
    }

    /// The next seq of a room.
    mutating func nextSeq(_ key: RoomKey) -> Int64 {
        rooms[key]?.seq += 1
        return rooms[key]?.seq ?? 0
    }

    /// Notes that a message's text enters, changes in or leaves the search index.
    mutating func index(_ key: RoomKey, _ seq: Int64, from old: String?, to new: String?) {
        let old = old?.isEmpty == true ? nil : old
        let new = new?.isEmpty == true ? nil : new
        if old == nil, new == nil { return }
        let change = SearchChange(room: key.room, seq: seq, old: old, new: new)
        searchChanges[key.tenant, default: []].append(change)
    }
}
