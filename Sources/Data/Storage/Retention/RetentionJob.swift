public import Bytes

/// Deletes what is older than it may be kept, in slices between which other writers go on.
///
/// Each slice is a write of its own, so it shares a transaction with whatever waits and holds nobody up for longer
/// than itself. A room's seqs go on; its floor says from where on it still has events. Rooms with nothing too old cost
/// a look at two index entries, and no write.
public struct RetentionJob: Sendable {
    /// For rooms that say nothing else; nil keeps for ever.
    public var defaultDays: Int? = 90
    /// For how long a repeat of a message is recognised, unless the message itself goes earlier.
    public var keyDays = 30
    /// How many events or keys one slice deletes at most: a few milliseconds of the writer's time.
    public var slice = 200
    /// How many rooms one look takes in.
    public var roomsPerLook = 500

    private let database: any Database

    /// A job over all tenants.
    public init(database: any Database) { self.database = database }

    /// Deletes everything that is too old at `now`.
    ///
    /// - Returns: How many events went.
    public func run(now: Timestamp = .now()) async throws(StorageError) -> Int {
        var count = 0
        var last: Candidate?
        while true {
            let rooms = try await rooms(after: last)
            for room in rooms { count += try await clean(room, now) }
            last = rooms.last
            if last == nil { break }
        }
        try await forgetLeases(before: now.subtracting(days: 1))
        return count
    }

    /// Deletes what is too old of a room; most have nothing, and are not written to.
    private func clean(_ room: Candidate, _ now: Timestamp) async throws(StorageError) -> Int {
        var count = 0
        if let days = room.retentionDays ?? defaultDays {
            let cutoff = now.subtracting(days: days)
            var isMore = room.oldest.map { $0 < cutoff } ?? false
            while isMore {
                let deleted = try await deleteEvents(of: room, before: cutoff)
                count += deleted
                isMore = deleted == slice
            }
        }
        let cutoff = now.subtracting(days: keyDays)
        if let oldest = room.oldestKeyed, oldest < cutoff {
            while try await forgetKeys(of: room, before: cutoff) == slice {}
        }
        return count
    }

    /// Deletes what people have shown at gates and came no further; no grace is as long as that.
    private func forgetLeases(before cutoff: Timestamp) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                DELETE FROM gate_leases WHERE verified_at < $1 AND NOT EXISTS (
                    SELECT 1 FROM members WHERE members.tenant_id = gate_leases.tenant_id
                        AND members.room_id = gate_leases.room_id AND members.user_id = gate_leases.user_id)
                """, [.integer(cutoff.milliseconds)])
        }
    }

    private struct Candidate: Sendable {
        let tenant: String
        let room: String
        let retentionDays: Int?
        /// When its first event was.
        let oldest: Timestamp?
        /// When the first of the messages was whose keys are kept.
        let oldestKeyed: Timestamp?
    }

    /// The next rooms with events, in the order of their key.
    private func rooms(after last: Candidate?) async throws(StorageError) -> [Candidate] {
        let limit = Int64(roomsPerLook)
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT tenant_id, id, retention_days,
                    (SELECT at FROM events WHERE events.tenant_id = rooms.tenant_id AND room_id = rooms.id
                        AND events.seq >= floor ORDER BY events.seq LIMIT 1),
                    (SELECT at FROM events WHERE events.tenant_id = rooms.tenant_id AND room_id = rooms.id
                        AND kind = 0 AND events.seq >= key_floor ORDER BY events.seq LIMIT 1)
                FROM rooms WHERE (tenant_id, id) > ($1, $2) AND (floor <= seq OR key_floor <= seq)
                ORDER BY tenant_id, id LIMIT $3
                """, [.text(last?.tenant ?? ""), .text(last?.room ?? ""), .integer(limit)]
            )
            .decode { (columns) throws(StorageError) in
                Candidate(
                    tenant: try columns.text(), room: try columns.text(),
                    retentionDays: try columns.optionalInteger().map { Int($0) },
                    oldest: try columns.optionalTime(), oldestKeyed: try columns.optionalTime())
            }
        }
    }

    /// Deletes a room's oldest events, as far as they are too old.
    private func deleteEvents(of room: Candidate, before cutoff: Timestamp) async throws(StorageError) -> Int
    {
        let (slice, dialect) = (slice, database.dialect)
        let search = database.search
        return try await database.write { (transaction) async throws(StorageError) in
            // An edit or a reaction that came in between would be left behind.
            try await transaction.lockRoom(room.tenant, room.room, dialect)
            let old = try await OldEvents(transaction, room.tenant, room.room, before: cutoff, limit: slice)
            try await old.delete(search)
            return old.count
        }
    }

    /// Deletes the keys of a room's oldest messages, as far as they are too old.
    private func forgetKeys(of room: Candidate, before cutoff: Timestamp) async throws(StorageError) -> Int {
        let (slice, dialect) = (slice, database.dialect)
        return try await database.write { (transaction) async throws(StorageError) in
            try await transaction.lockRoom(room.tenant, room.room, dialect)
            let keys = OldKeys(transaction: transaction, tenant: room.tenant, room: room.room)
            return try await keys.forget(before: cutoff, limit: slice)
        }
    }
}

extension Timestamp {
    fileprivate func subtracting(days: Int) -> Timestamp {
        // A million days is for ever; without a bound an absurd number would wrap round and delete everything.
        Timestamp(milliseconds: milliseconds - Int64(max(0, min(days, 1_000_000))) * 86_400_000)
    }
}
