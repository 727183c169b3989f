import Bytes

/// Achievements, people's progress and the ledger of experience.
///
/// All of it goes forward by ``ProgressView`` and ``ProgressChange``: what was read, and what follows from it, which is
/// written only where nobody has written since. So each event counts once, whoever of several processes takes it.
public struct ProgressRepository: Sendable {
    /// The store.
    public let database: any Database
    /// Whose people they are.
    public let tenant: String

    /// The progress of a tenant's people.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    // MARK: Reading

    /// What is stored of people, all at one moment.
    ///
    /// - Parameters:
    ///   - events: Ids of events that may be known already.
    ///   - rooms: Rooms that may be there.
    public func view(
        of users: [String] = [], events: [String] = [], rooms: [String] = []
    ) async throws(StorageError) -> ProgressView {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            var view = try await ProgressRepository.clock(transaction)
            let keys: [[DatabaseValue]] = users.map { [.text(tenant), .text($0)] }
            view.people = try await ProgressRepository.people(users, keys, transaction)
            let persons = Set(users.map { PersonKey(tenant: tenant, user: $0) })
            for (person, preferences) in try await NotificationRepository.preferences(
                of: persons, in: transaction)
            {
                view.zones[person.user] = preferences.timeZone
            }
            let known = try await transaction.queries(
                "SELECT id FROM progress_events WHERE tenant_id = $1 AND id = $2",
                events.map { [.text(tenant), .text($0)] })
            view.knownEvents = Set(zip(events, known).filter { !$1.isEmpty }.map(\.0))
            let found = try await transaction.queries(
                "SELECT id FROM rooms WHERE tenant_id = $1 AND id = $2",
                rooms.map { [.text(tenant), .text($0)] })
            view.rooms = Set(zip(rooms, found).filter { !$1.isEmpty }.map(\.0))
            return view
        }
    }

    private static func clock(_ transaction: any Queryable) async throws(StorageError) -> ProgressView {
        let row = try await transaction.first(
            "SELECT version, catalogue, ledger, joined_at FROM progress_clock WHERE name = 'clock'", [])
        guard var columns = row?.columns else { throw .corrupt("progress has no clock") }
        return ProgressView(
            version: try columns.integer(), catalogue: try columns.integer(), ledger: try columns.integer(),
            joinedAt: try columns.time())
    }

    private static func people(
        _ users: [String], _ keys: [[DatabaseValue]], _ transaction: any Queryable
    ) async throws(StorageError) -> [String: ProgressPersonRecord] {
        let rows = try await transaction.queries(
            """
            SELECT name, xp, streak_days, streak_at, streak_day FROM progress_people
            WHERE tenant_id = $1 AND user_id = $2
            """, keys)
        let parts = try await transaction.queries(
            """
            SELECT achievement_id, version, state FROM progress_parts WHERE tenant_id = $1 AND user_id = $2
            ORDER BY achievement_id
            """, keys)
        let earned = try await transaction.queries(
            """
            SELECT achievement_id, version, at, xp, room_id, mint FROM earned_achievements
            WHERE tenant_id = $1 AND user_id = $2 ORDER BY at, achievement_id
            """, keys)
        var people: [String: ProgressPersonRecord] = [:]
        for (index, user) in users.enumerated() {
            var person = ProgressPersonRecord(user: user, name: "")
            if var columns = rows[index].first?.columns {
                person.name = try columns.text()
                person.experience = try columns.integer()
                person.streakDays = try columns.integer()
                person.streakAt = try columns.optionalTime()
                person.streakDay = try columns.integer()
            }
            person.parts = try parts[index].decode { (columns) throws(StorageError) in
                ProgressPartRecord(
                    achievement: try columns.text(), version: try columns.integer(), state: try columns.text()
                )
            }
            person.earned = try earned[index].decode { (columns) throws(StorageError) in
                EarnedRecord(
                    achievement: try columns.text(), version: try columns.integer(), at: try columns.time(),
                    experience: try columns.integer(), room: try columns.optionalText(),
                    mint: try columns.optionalText())
            }
            people[user] = person
        }
        return people
    }

    // MARK: Writing

    /// Writes what follows from a view.
    ///
    /// - Parameter also: What is to be durable with it.
    /// - Returns: False where somebody has written since: nothing is written then, and the view is to be read anew.
    public func commit(
        _ change: ProgressChange,
        also: @escaping @Sendable (any Queryable) async throws(StorageError) -> Void = { _ in }
    ) async throws(StorageError) -> Bool {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                """
                UPDATE progress_clock SET version = version + 1, ledger = ledger + $2,
                    joined_at = COALESCE($3, joined_at)
                WHERE name = 'clock' AND version = $1 RETURNING ledger
                """,
                [
                    .integer(change.version), .integer(Int64(change.lines.count)),
                    .optional(change.joinedAt?.milliseconds),
                ])
            guard var columns = row?.columns else { return false }
            let ledger = try columns.integer() - Int64(change.lines.count)
            let tables = ProgressTables(transaction: transaction, tenant: tenant)
            try await tables.write(change, after: ledger)
            try await also(transaction)
            return true
        }
    }
}
