public import Bytes

extension RoomRepository {
    /// Keeps an invitation.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    public func invite(_ invitation: InvitationRecord) async throws(StorageError) { throw .unavailable("") }

    /// Uses a code: from now on the person counts as invited. The same person may use it again.
    public func redeem(
        codeHash: String, user: String, now: Timestamp = .now()
    ) async throws(StorageError) -> RedemptionOutcome { throw .unavailable("") }

    /// Whether a person is invited, by name or by a code that they used.
    public func isInvited(
        _ room: String, user: String, now: Timestamp = .now()
    ) async throws(StorageError) -> Bool { throw .unavailable("") }

    /// A room's invitations that hold, the newest first.
    public func invitations(
        _ room: String, cursor: String? = nil, limit: Int, now: Timestamp = .now()
    ) async throws(StorageError) -> Page<InvitationRecord> { throw .unavailable("") }

    /// Takes an invitation back; who has used it stays invited.
    ///
    /// - Returns: Whether there was one.
    public func revokeInvitation(_ id: String, room: String) async throws(StorageError) -> Bool {
        throw .unavailable("")
    }
}
