import Bytes

extension Role {
    /// The order in which members are listed; the form that a role has in a column.
    var rank: Int64 {
        switch self {
        case .owner: 0
        case .moderator: 1
        case .member: 2
        }
    }

    init(rank: Int64) throws(StorageError) {
        switch rank {
        case 0: self = .owner
        case 1: self = .moderator
        case 2: self = .member
        default: throw .corrupt("no such rank: \(rank)")
        }
    }
}

extension MemberRecord {
    /// The columns in the order of ``init(_:)``.
    static let columns = "room_id, user_id, name, rank, joined_at, last_seen_at"

    init(_ columns: inout RowReader) throws(StorageError) {
        self.init(
            room: try columns.text(), user: try columns.text(), name: try columns.text(),
            role: try Role(rank: try columns.integer()), joinedAt: try columns.time(),
            lastSeenAt: try columns.time())
    }

    /// The right side of a LEFT JOIN: name, rank, joined_at, last_seen_at or nothing.
    init?(room: String, user: String, optional columns: inout RowReader) throws(StorageError) {
        guard let name = try columns.optionalText() else {
            for _ in 0..<3 { columns.skip() }
            return nil
        }
        self.init(
            room: room, user: user, name: name, role: try Role(rank: try columns.integer()),
            joinedAt: try columns.time(), lastSeenAt: try columns.time())
    }
}

extension BanRecord {
    /// The right side of a LEFT JOIN: banned_by, reason, at, until or nothing.
    init?(room: String, user: String, optional columns: inout RowReader) throws(StorageError) {
        guard let by = try columns.optionalText() else {
            for _ in 0..<3 { columns.skip() }
            return nil
        }
        self.init(
            room: room, user: user, by: by, reason: try columns.optionalText(), at: try columns.time(),
            until: try columns.optionalTime())
    }
}
