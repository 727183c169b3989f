/// Reads the messages and events of one tenant's rooms.
public struct MessageRepository: Sendable {
    let database: any Database
    let tenant: String

    /// The messages of a tenant.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    /// A part of a room's messages as they are now; with `thread` only that message and its answers.
    ///
    /// A thread may be named by any message in it. An unknown room or thread has no messages.
    public func history(
        room: String, _ position: HistoryPosition = .latest, limit: Int, thread: String? = nil
    ) async throws(StorageError) -> HistoryPage { throw .unavailable("") }

    /// A room's events with `after < seq ≤ through`, oldest first, as they happened, for a replay; text that was
    /// deleted since is left out.
    public func events(
        room: String, after: Int64, through: Int64 = .max, limit: Int
    ) async throws(StorageError) -> [StoredEvent] { throw .unavailable("") }

    /// A message as it is now, its tombstone included.
    public func message(_ id: String, room: String) async throws(StorageError) -> MessageRecord? {
        throw .unavailable("")
    }

    /// The pinned messages, the newest 100, oldest first.
    public func pins(room: String) async throws(StorageError) -> [MessageRecord] { throw .unavailable("") }

    /// The newest messages that contain all words of `query`, oldest first; the last word may be just a beginning.
    public func search(
        room: String, _ query: String, before: Int64? = nil, limit: Int
    ) async throws(StorageError) -> HistoryPage { throw .unavailable("") }

    /// How far a person has read; 0 where they never said.
    public func readMarker(room: String, user: String) async throws(StorageError) -> Int64 {
        throw .unavailable("")
    }

    /// Says how far a person has read: never backwards, never beyond the newest event.
    ///
    /// - Returns: Where the marker is now.
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    public func setReadMarker(room: String, user: String, seq: Int64) async throws(StorageError) -> Int64 {
        throw .unavailable("")
    }

    /// What a person has not read.
    public func unread(room: String, user: String) async throws(StorageError) -> Unread {
        throw .unavailable("")
    }
}
