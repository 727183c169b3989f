public import Bytes

/// The rooms of one tenant, who belongs to them and who may not.
public struct RoomRepository: Sendable {
    let database: any Database
    let tenant: String

    /// The rooms of a tenant.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    /// Makes a room, with its creator as owner. The same id by the same creator again is the first one's room.
    ///
    /// - Parameter creatorName: How the owner is listed among the members.
    /// - Throws: ``StorageError/conflict(_:)`` where somebody else has a room of this id.
    public func create(
        _ room: RoomRecord, creatorName: String
    ) async throws(StorageError) -> (room: RoomRecord, created: Bool) { throw .unavailable("") }

    /// A room by its id, archived or not.
    public func room(_ id: String) async throws(StorageError) -> RoomRecord? { throw .unavailable("") }

    /// Active rooms, the newest first: all but the private ones in which `user` is neither member nor invited.
    ///
    /// - Parameters:
    ///   - query: Words that name or description must contain, whatever their case in ASCII.
    ///   - cursor: From the page before; one that is not ours begins anew.
    public func list(
        query: String? = nil, cursor: String? = nil, limit: Int, visibleTo user: String
    ) async throws(StorageError) -> Page<RoomRecord> { throw .unavailable("") }

    /// Changes a room.
    ///
    /// - Returns: The room as it is now, or nil without such a room.
    public func update(
        _ id: String, _ changes: RoomChanges, at: Timestamp = .now()
    ) async throws(StorageError) -> RoomRecord? { throw .unavailable("") }

    /// Archives a room: it can be read, not written. Again is nothing.
    ///
    /// - Returns: The room as it is now, or nil without such a room.
    public func archive(_ id: String, at: Timestamp = .now()) async throws(StorageError) -> RoomRecord? {
        throw .unavailable("")
    }

    /// Where a room's numbering stands, or nil without such a room.
    public func head(_ id: String) async throws(StorageError) -> RoomHead? { throw .unavailable("") }

    /// All that a join needs, in one snapshot; nil without such a room.
    ///
    /// - Parameters:
    ///   - history: How many of the newest messages; 0 for none.
    ///   - after: Asks for the events that a client has missed.
    ///   - missedLimit: More missed events than this are a ``ReplayGap/limit``.
    public func joinView(
        room: String, user: String, history: Int = 0, after: ReplayPosition? = nil, missedLimit: Int = 1000,
        now: Timestamp = .now()
    ) async throws(StorageError) -> JoinView? { throw .unavailable("") }
}
