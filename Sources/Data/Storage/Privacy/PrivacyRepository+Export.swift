/// A list of what is kept of people, read in the order of its keys.
private struct ExportList: Sendable {
    /// What a line of it is, as `wallet`.
    let kind: String
    let table: String
    /// What tells a person's rows apart and is indexed after them, so that a page goes on where the last one ended.
    let keys: [String]
    let columns: [String]
    /// Whether it is kept by the tenant of the rooms, whoever the person is.
    var isOfRooms = false

    /// The statement of a page: parameters are the tenant, the person, the number of rows, and the keys of the last row.
    func statement(goesOn: Bool) -> String {
        let order = keys.joined(separator: ", ")
        let place = keys.indices.map { "$\($0 + 4)" }.joined(separator: ", ")
        return """
            SELECT \((keys + columns).joined(separator: ", ")) FROM \(table)
            WHERE tenant_id = $1 AND user_id = $2\(goesOn ? " AND (\(order)) > (\(place))" : "")
            ORDER BY \(order) LIMIT $3
            """
    }

    /// All of them. New ones go to the end: exports at work remember by number which one they are at.
    static let all: [ExportList] = [
        ExportList(
            kind: "wallet", table: "wallets", keys: ["chain", "address"],
            columns: ["chain", "address", "user_name", "linked_at", "used_at"]),
        ExportList(
            kind: "mail_address", table: "email_addresses", keys: ["address"],
            columns: ["address", "user_name", "linked_at", "used_at"]),
        ExportList(
            kind: "sign_in", table: "sign_ins", keys: ["id"],
            columns: ["id", "name", "at", "expires_at", "ended_at"]),
        ExportList(
            kind: "notification", table: "notifications", keys: ["id"],
            columns: ["id", "kind", "title", "body", "data", "at", "read_at"]),
        ExportList(
            kind: "preferences", table: "preferences", keys: ["user_id"],
            columns: ["time_zone", "quiet_from", "quiet_to", "muted"]),
        ExportList(
            kind: "portfolio", table: "portfolios", keys: ["id"],
            columns: ["id", "name", "created_at", "changed_at"]),
        ExportList(
            kind: "holding", table: "portfolio_holdings", keys: ["portfolio_id", "symbol"],
            columns: ["portfolio_id", "symbol", "amount"]),
        ExportList(
            kind: "portfolio_share", table: "portfolio_shares", keys: ["portfolio_id"],
            columns: ["portfolio_id", "owner_id", "at"]),
        ExportList(
            kind: "watchlist", table: "watchlists", keys: ["id"],
            columns: ["id", "name", "symbols", "created_at", "changed_at"]),
        ExportList(
            kind: "alert", table: "alerts", keys: ["id"],
            columns: [
                "id", "kind", "subject", "operator", "value", "repeat", "cooldown", "note", "active",
                "made_at",
                "last_triggered_at", "trigger_count",
            ]),
        ExportList(
            kind: "job", table: "jobs", keys: ["id"], columns: ["id", "kind", "state", "made_at", "ended_at"]),
        ExportList(kind: "tier", table: "tiers", keys: ["user_id"], columns: ["tier", "at"]),
        ExportList(
            kind: "server_ban", table: "banned_people", keys: ["user_id"], columns: ["reason", "at", "until"]),
        ExportList(
            kind: "membership", table: "members", keys: ["room_id"],
            columns: ["room_id", "name", "rank", "joined_at", "last_seen_at"], isOfRooms: true),
        ExportList(
            kind: "read_marker", table: "read_markers", keys: ["room_id"], columns: ["room_id", "seq"],
            isOfRooms: true),
        ExportList(
            kind: "hidden", table: "hidden_people", keys: ["hidden_id"], columns: ["hidden_id"],
            isOfRooms: true),
        ExportList(
            kind: "invitation", table: "invited", keys: ["room_id"],
            columns: ["room_id", "invitation_id", "expires_at"], isOfRooms: true),
        ExportList(
            kind: "ban", table: "bans", keys: ["room_id"], columns: ["room_id", "reason", "at", "until"],
            isOfRooms: true),
        ExportList(
            kind: "progress", table: "progress_people", keys: ["user_id"],
            columns: ["name", "xp", "streak_days", "streak_at"], isOfRooms: true),
        ExportList(
            kind: "achievement_progress", table: "progress_parts", keys: ["achievement_id"],
            columns: ["achievement_id", "version", "state"], isOfRooms: true),
        ExportList(
            kind: "achievement", table: "earned_achievements", keys: ["achievement_id"],
            columns: ["achievement_id", "version", "at", "xp", "room_id", "mint"], isOfRooms: true),
        ExportList(
            kind: "experience", table: "xp_ledger", keys: ["key"],
            columns: ["seq", "amount", "reason", "room_id", "at"], isOfRooms: true),
        ExportList(
            kind: "event", table: "progress_events", keys: ["id"],
            columns: ["id", "kind", "room_id", "at", "data"], isOfRooms: true),
    ]
}

// What is kept of a person beside messages and the record, read some lines at a time.
extension PrivacyRepository {
    /// A line of an export: its kind, and names and values.
    public struct Line: Sendable {
        /// What it is about, as `wallet`.
        public let kind: String
        /// Its members.
        public let members: [(name: String, value: DatabaseValue)]
    }

    /// Where in the lists somebody reads.
    public struct ListPlace: Hashable, Sendable {
        /// Which of the lists.
        public let list: Int
        /// The keys of the last line that was read of it, as a column has them; empty for none.
        public let after: String

        /// A place.
        public init(list: Int = 0, after: String = "") {
            self.list = list
            self.after = after
        }
    }

    /// Some lines, and where they go on; nil where there are no more.
    public struct Stretch: Sendable {
        /// The lines.
        public let lines: [Line]
        /// The place behind them.
        public let next: ListPlace?
    }

    /// The next lines of what is kept of a person, list after list.
    public func lines(
        of person: PersonKey, from place: ListPlace = ListPlace(), limit: Int, tenant: String = "default"
    ) async throws(StorageError) -> Stretch {
        try await database.read { (transaction) async throws(StorageError) in
            var lines: [Line] = []
            var place = place
            while ExportList.all.indices.contains(place.list), lines.count < limit {
                let list = ExportList.all[place.list]
                let room = limit - lines.count
                let last = try TextList.decode(place.after.isEmpty ? nil : place.after)
                let whose: [DatabaseValue] = [
                    .text(list.isOfRooms ? tenant : person.tenant), .text(person.user), .integer(Int64(room)),
                ]
                let rows = try await transaction.query(
                    list.statement(goesOn: !last.isEmpty), whose + last.map { .text($0) })
                // A line's own kind stands beside them.
                let names = list.columns.map { $0 == "kind" ? list.kind + "_kind" : $0 }
                for row in rows {
                    let values = row.values.dropFirst(list.keys.count)
                    lines.append(Line(kind: list.kind, members: Array(zip(names, values))))
                }
                guard rows.count == room, let row = rows.last else {
                    place = ListPlace(list: place.list + 1)
                    continue
                }
                var columns = row.columns
                var keys: [String] = []
                for _ in list.keys { keys.append(try columns.text()) }
                guard case .text(let after) = TextList.encode(keys) else { break }
                place = ListPlace(list: place.list, after: after)
            }
            let isOver = !ExportList.all.indices.contains(place.list)
            return Stretch(lines: lines, next: isOver ? nil : place)
        }
    }
}
