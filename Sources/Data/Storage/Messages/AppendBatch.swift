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

    /// Whether each question is a round trip, which is better not made.
    var isRemote: Bool { self == .postgres }
}

/// The acts of one transaction becoming events.
///
/// Messages are the many, so they go in bulk: their rooms, keys and parents are read in three runs of one statement
/// each, their rows written in a few more, whatever their number; a server works on the first of them while the next are
/// made. Changes of messages are the few: each runs its own statements where it stands, after the messages before it
/// are written.
struct AppendBatch {
    /// A room while this transaction holds its counter's row.
    struct Room {
        let tenant: String
        let id: String
        let isActive: Bool
        /// The newest seq given.
        var seq: Int64
        /// What the row says.
        let seqStored: Int64
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
    /// Whether all is taken for new and right, with no question more than that: where something is a repeat, the
    /// table's own key does not let it in, and the whole transaction comes to nothing.
    let isHasty: Bool

    /// Of the first requests, made while their rooms were waited for.
    var drafts: [Draft?] = []
    var rooms: [RoomKey: Room] = [:]
    var sent: [SendKey: SentMessage] = [:]
    var parents: [String: Parent] = [:]
    /// When authors last said something, in rooms where they have to wait; by keys without a client id.
    var lastPosts: [SendKey: Timestamp] = [:]
    var writes = MessageWrites()
    var searchChanges: [String: [SearchChange]] = [:]

    init(
        _ requests: [AppendRequest], in transaction: any Queryable, search: any MessageSearch,
        limits: MessageLogLimits, dialect: Dialect, isHasty: Bool
    ) {
        self.dialect = dialect
        self.isHasty = isHasty
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
        if !isHasty { try await findRepeats() }
        try await findParents()
        try await findLastPosts()
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(requests.count)
        for index in requests.indices { outcomes.append(try await append(at: index)) }
        try await flush()
        try await storeCounters()
        for (tenant, changes) in searchChanges {
            try await search.apply(changes, tenant: tenant, in: transaction)
        }
        return outcomes
    }

    private mutating func append(at index: Int) async throws(StorageError) -> AppendOutcome {
        let request = requests[index]
        let key = RoomKey(tenant: request.tenant, room: request.room)
        guard let room = rooms[key] else { return .refused(.roomNotFound) }
        if case .message(let message) = request.act {
            let outcome = append(message, at: index, in: key)
            if isHasty, message.clientID != nil, case .refused = outcome {
                throw .conflict("a repeat is not refused, and in haste nobody has looked whether it is one")
            }
            if writes.events.count == AppendBatch.portion { try await flushMessages() }
            return outcome
        }
        guard room.isActive || request.act.isRemoval else { return .refused(.roomArchived) }
        try await flush()
        return try await change(request, in: key)
    }

    // MARK: Rooms

    /// Takes every room's counter row, in one order for all transactions, so that two of them never wait for each
    /// other crosswise.
    private mutating func lockRooms() async throws(StorageError) {
        var counts: [RoomKey: Int64] = [:]
        for request in requests {
            counts[RoomKey(tenant: request.tenant, room: request.room), default: 0] += 1
        }
        let ordered = counts.sorted { ($0.key.tenant, $0.key.room) < ($1.key.tenant, $1.key.room) }
        var drafts: [Draft?] = []
        let results = try await transaction.queries(
            isHasty ? AppendBatch.countRoom : dialect.lockRoom,
            ordered.map { key, count in
                [.text(key.tenant), .text(key.room)] + (isHasty ? [.integer(count)] : [])
            }
        ) {
            drafts = requests.prefix(AppendBatch.portion).map { Draft($0, search) }
        }
        self.drafts = drafts
        for ((key, count), rows) in zip(ordered, results) {
            guard var columns = rows.first?.columns else { continue }
            let stored = try columns.integer()
            let isActive = try columns.bool()
            rooms[key] = Room(
                tenant: key.tenant, id: key.room, isActive: isActive,
                seq: isHasty && isActive ? stored - count : stored, seqStored: stored)
        }
    }

    /// Takes a room's row and counts all at once: most often each request is an event.
    private static let countRoom = """
        UPDATE rooms SET seq = CASE WHEN active = 1 THEN seq + $3 ELSE seq END WHERE tenant_id = $1 AND id = $2
        RETURNING seq, active
        """

    private func storeCounters() async throws(StorageError) {
        let other = rooms.values.filter { $0.seq != $0.seqStored }
        if other.isEmpty { return }
        try await transaction.execute(
            "UPDATE rooms SET seq = $3 WHERE tenant_id = $1 AND id = $2",
            other.map { [.text($0.tenant), .text($0.id), .integer($0.seq)] })
    }

    /// The next seq of a room.
    mutating func nextSeq(_ key: RoomKey) -> Int64 {
        rooms[key]?.seq += 1
        return rooms[key]?.seq ?? 0
    }

    /// Notes that a message's text enters, changes in or leaves the search index.
    ///
    /// - Parameter words: What the index has made of the new text already.
    mutating func index(
        _ key: RoomKey, _ seq: Int64, from old: String?, to new: String?, words: String? = nil
    ) {
        let old = old?.isEmpty == true ? nil : old
        let new = new?.isEmpty == true ? nil : new
        if old == nil, new == nil { return }
        var change = SearchChange(room: key.room, seq: seq, old: old, new: new)
        change.words = words
        searchChanges[key.tenant, default: []].append(change)
    }
}
