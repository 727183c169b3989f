public import Bytes

extension RoomRepository {
    /// Makes a person a member, or notes that a member is here again under this name.
    ///
    /// - Parameter role: Only for a new member; a room has one owner, from its creation on.
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    public func join(
        _ room: String, user: String, name: String, role: Role = .member, at: Timestamp = .now()
    ) async throws(StorageError) -> (member: MemberRecord, isNew: Bool) { throw .unavailable("") }

    /// A person's membership, nil if they have none.
    public func member(_ room: String, user: String) async throws(StorageError) -> MemberRecord? {
        throw .unavailable("")
    }

    /// What a person may do in a room, nil if they are no member.
    public func role(_ room: String, user: String) async throws(StorageError) -> Role? {
        throw .unavailable("")
    }

    /// Gives a member another role. Exactly one owner is kept: naming another makes the old one a moderator.
    public func setRole(
        _ room: String, user: String, _ role: Role
    ) async throws(StorageError) -> RoleOutcome { throw .unavailable("") }

    /// Ends a membership and any invitation of that person.
    public func remove(_ room: String, user: String) async throws(StorageError) -> RemovalOutcome {
        throw .unavailable("")
    }

    /// A room's members: owner, moderators, then members, each by user id.
    public func members(
        _ room: String, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<MemberRecord> { throw .unavailable("") }

    /// How many members a room has.
    public func memberCount(_ room: String) async throws(StorageError) -> Int { throw .unavailable("") }

    /// The user ids among `candidates` that are members, and of those named `name` otherwise: who a mention means.
    public func members(_ room: String, named names: [String]) async throws(StorageError) -> [MemberRecord] {
        throw .unavailable("")
    }

    /// The active rooms that a person is a member of, with unread counts, the latest joined first.
    public func rooms(
        of user: String, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<MyRoom> { throw .unavailable("") }

    /// Notes when people were last present; an older moment than the one known is nothing.
    public func touch(_ seen: [LastSeen]) async throws(StorageError) { throw .unavailable("") }
}
