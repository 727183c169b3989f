import Bytes
public import JSON
public import Storage

/// A room as JSON.
public enum RoomForm {
    /// Writes a room's settings.
    public static func write(_ room: RoomRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        members(room, to: &writer)
        writer.endObject()
    }

    /// Writes a room's settings as members of an object that is begun.
    public static func members(_ room: RoomRecord, to writer: inout JSONWriter) {
        writer.field("id", room.id)
        writer.field("name", room.name)
        writer.field("description", room.description)
        writer.field("type", room.type.rawValue)
        writer.field("creator", room.creatorID)
        writer.field("max_participants", room.maxParticipants)
        writer.field("locked", room.locked)
        writer.field("slow_mode_ms", room.slowModeMilliseconds)
        writer.field("read_receipts", room.readReceipts)
        writer.field("receipts", room.receipts)
        writer.field("announce_achievements", room.announcesAchievements)
        writer.field("active", room.active)
        writer.optional("access_token_mint", room.accessTokenMint)
        writer.optional("access_token_min_amount", room.accessTokenMinAmount)
        writer.optional("access_nft_collection", room.accessNFTCollection)
        writer.key("gate")
        if let gate = room.gate { writer.raw(gate.utf8Span.span) } else { writer.null() }
        writer.key("retention_days")
        if let days = room.retentionDays { writer.value(days) } else { writer.null() }
        writer.field("created_at", room.createdAt.milliseconds)
        writer.field("updated_at", room.updatedAt.milliseconds)
    }
}
