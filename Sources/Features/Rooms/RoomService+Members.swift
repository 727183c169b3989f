public import ClientProtocol
public import Identity
public import Storage

extension RoomService {
    /// A highlight in a room, for somebody who may be in it.
    ///
    /// - Throws: ``ClientError`` where it is none, or is deleted.
    public func highlight(
        _ message: String, in room: String, for principal: Principal
    ) async throws(ClientError) -> MessageRecord {
        _ = try await standing(principal, room)
        let found = try await stored { () async throws(StorageError) in
            try await context.messages.message(message, room: room)
        }
        guard let found, !found.deleted, found.type == .highlight else {
            throw ClientError(.messageNotFound, "There is no such highlight in this room.")
        }
        return found
    }

    /// Lets a room's members look at what is only for them.
    ///
    /// - Throws: ``ClientError`` for everybody who is not one, or may not be in the room any more.
    public func checkMember(_ principal: Principal, _ room: String) async throws(ClientError) {
        let standing = try await standing(principal, room)
        guard standing.view.member != nil || principal.isOperator else {
            throw ClientError(.notJoined, "This is for the room's members.", field: "room")
        }
    }
}
