public import Bytes

extension RoomRepository {
    /// Bans a person, or replaces the ban that they have. Their membership is left alone: see ``remove(_:user:)``.
    public func ban(_ ban: BanRecord) async throws(StorageError) { throw .unavailable("") }

    /// Lifts a ban.
    ///
    /// - Returns: Whether there was one.
    public func unban(_ room: String, user: String) async throws(StorageError) -> Bool {
        throw .unavailable("")
    }

    /// The ban that holds for a person at a moment.
    public func activeBan(
        _ room: String, user: String, now: Timestamp = .now()
    ) async throws(StorageError) -> BanRecord? { throw .unavailable("") }

    /// A room's bans, expired ones left out, by user id.
    public func bans(
        _ room: String, cursor: String? = nil, limit: Int, now: Timestamp = .now()
    ) async throws(StorageError) -> Page<BanRecord> { throw .unavailable("") }

    /// Notes a report of a message; the same person reporting the same message again replaces the first.
    public func report(_ report: ReportRecord) async throws(StorageError) { throw .unavailable("") }

    /// A room's reports, the newest first.
    public func reports(
        _ room: String, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<ReportRecord> { throw .unavailable("") }

    /// Hides a person's messages from `user`, everywhere.
    public func hide(_ hidden: String, from user: String) async throws(StorageError) {
        throw .unavailable("")
    }

    /// Shows them again.
    ///
    /// - Returns: Whether they were hidden.
    public func unhide(_ hidden: String, from user: String) async throws(StorageError) -> Bool {
        throw .unavailable("")
    }

    /// Whom `user` does not want to see, by user id, at most 1,000.
    public func hidden(from user: String) async throws(StorageError) -> [String] { throw .unavailable("") }

    /// Notes a privileged act. Nothing changes or deletes it afterwards.
    public func audit(_ record: AuditRecord) async throws(StorageError) { throw .unavailable("") }

    /// Privileged acts, the newest first; of one room or of all.
    public func auditLog(
        room: String? = nil, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<AuditRecord> { throw .unavailable("") }
}
