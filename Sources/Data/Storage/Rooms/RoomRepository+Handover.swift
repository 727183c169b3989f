public import Bytes

extension RoomRepository {
    /// Gives a room of one owner to another person, who becomes a member; the old owner ceases to be one.
    ///
    /// Of two who ask at once one gets it.
    ///
    /// - Parameters:
    ///   - owner: Whose newest joined room it is to be.
    ///   - user: Who gets it.
    ///   - name: How they are listed among the members.
    /// - Returns: The room's id, or nil where `owner` owns none.
    public func handOver(
        from owner: String, to user: String, name: String, at: Timestamp = .now()
    ) async throws(StorageError) -> String? {
        try await write { (tables) async throws(StorageError) in
            guard let held = try await tables.memberships(owner, Cursor(.max, ""), 1).first,
                held.role == .owner,
                let old = try await tables.member(held.room.id, owner)
            else { return nil }
            try await tables.delete(old)
            let heir = MemberRecord(
                room: held.room.id, user: user, name: name, role: .owner, joinedAt: at, lastSeenAt: at)
            if let known = try await tables.member(held.room.id, user) { try await tables.delete(known) }
            try await tables.insert(heir)
            return held.room.id
        }
    }
}
