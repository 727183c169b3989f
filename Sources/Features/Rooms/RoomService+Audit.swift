public import Bytes
public import ClientProtocol
public import Identity
import JSON
import Storage

extension RoomService {
    /// Who did what with the rights of a moderator or owner in a room, or was refused it, the newest first; for its
    /// moderators.
    public func auditLog(
        _ principal: Principal, _ room: String, cursor: String?, limit: Int
    ) async throws(ClientError) -> SharedBytes {
        _ = try await moderator(principal, room)
        let page = try await stored { () async throws(StorageError) in
            try await context.rooms.auditLog(room: room, cursor: cursor, limit: limit)
        }
        return RoomService.encode("entries", page) { entry, writer in
            writer.beginObject()
            writer.field("id", entry.id)
            writer.field("at", entry.at.milliseconds)
            writer.field("by", entry.actor)
            writer.field("action", entry.action)
            writer.optional("target", entry.target)
            writer.key("details")
            if let details = entry.details { writer.raw(details.utf8Span.span) } else { writer.null() }
            writer.field("outcome", entry.outcome)
            writer.field("count", entry.count)
            writer.endObject()
        }
    }
}
