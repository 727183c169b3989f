import Bytes

extension AppendBatch {
    /// Keeps what only a moderator may do to a message: who, whose, which; never its text.
    func record(_ request: AppendRequest, _ target: Target, _ key: RoomKey) async throws(StorageError) {
        let action: String
        switch request.act {
        case .delete where target.authorID != request.actor.id: action = "message.delete"
        case .pin(_, true): action = "message.pin"
        case .pin(_, false): action = "message.unpin"
        case .message, .edit, .delete, .reaction: return
        }
        try await AuditTables(transaction: transaction).add(
            AuditRecord(
                at: request.at, tenant: key.tenant, actor: request.actor.id, action: action, room: key.room,
                // Ids are ours: hexadecimal digits and hyphens.
                target: target.authorID, details: "{\"message_id\":\"\(target.id)\"}"))
    }
}
