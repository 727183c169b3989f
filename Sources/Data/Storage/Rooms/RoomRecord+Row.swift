import Bytes

extension RoomRecord {
    private static let columnNames = [
        "id", "tenant_id", "name", "description", "creator_id", "type", "access_token_mint",
        "access_token_min_amount", "access_nft_collection", "max_participants", "locked", "slow_mode_ms",
        "active",
        "retention_days", "epoch", "seq", "floor", "created_at", "updated_at",
        "read_receipts", "gate", "receipts", "announce_achievements",
    ]

    /// The columns in the order of ``init(_:)``.
    static let columns = columnNames.joined(separator: ", ")

    /// The columns of a table that has another name in a statement.
    static func columns(of table: String) -> String {
        columnNames.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    init(_ columns: inout RowReader) throws(StorageError) {
        id = try columns.text()
        tenant = try columns.text()
        name = try columns.text()
        description = try columns.text()
        creatorID = try columns.text()
        let typeName = try columns.text()
        guard let type = RoomType(rawValue: typeName) else {
            throw .corrupt("no such room type: \(typeName)")
        }
        self.type = type
        accessTokenMint = try columns.optionalText()
        accessTokenMinAmount = try columns.optionalText()
        accessNFTCollection = try columns.optionalText()
        maxParticipants = Int(try columns.integer())
        locked = try columns.bool()
        slowModeMilliseconds = try columns.integer()
        active = try columns.bool()
        retentionDays = try columns.optionalInteger().map { Int($0) }
        epoch = try columns.text()
        seq = try columns.integer()
        floor = try columns.integer()
        createdAt = try columns.time()
        updatedAt = try columns.time()
        readReceipts = try columns.bool()
        gate = try columns.optionalText()
        receipts = try columns.bool()
        announcesAchievements = try columns.bool()
    }

    /// What a list's query is looked for in.
    var searchKey: String { (name + "\n" + description).lowercased() }

    /// This room after changes.
    func applying(_ changes: RoomChanges, at: Timestamp) -> RoomRecord {
        var room = self
        room.name = changes.name ?? name
        room.description = changes.description ?? description
        room.type = changes.type ?? type
        room.accessTokenMint = changes.accessTokenMint ?? accessTokenMint
        room.accessTokenMinAmount = changes.accessTokenMinAmount ?? accessTokenMinAmount
        room.accessNFTCollection = changes.accessNFTCollection ?? accessNFTCollection
        room.gate = changes.gate ?? gate
        room.maxParticipants = changes.maxParticipants ?? maxParticipants
        room.locked = changes.locked ?? locked
        room.slowModeMilliseconds = changes.slowModeMilliseconds ?? slowModeMilliseconds
        room.receipts = changes.receipts ?? receipts
        room.announcesAchievements = changes.announcesAchievements ?? announcesAchievements
        room.readReceipts = changes.readReceipts ?? readReceipts
        room.retentionDays = changes.retentionDays ?? retentionDays
        room.updatedAt = at
        return room
    }

    /// The values of the columns that may change, beginning at `$3`.
    var changeable: [DatabaseValue] {
        [
            .text(name), .text(description), .text(type.rawValue), .optional(accessTokenMint),
            .optional(accessTokenMinAmount), .optional(accessNFTCollection), .integer(Int64(maxParticipants)),
            .bool(locked), .integer(slowModeMilliseconds), .bool(active),
            .optional(retentionDays.map { Int64($0) }), .integer(updatedAt.milliseconds), .text(searchKey),
            .bool(readReceipts), .optional(gate), .bool(receipts), .bool(announcesAchievements),
        ]
    }
}
