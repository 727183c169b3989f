/// Duties of which each is one process' at a time, for as long as that process lives.
public protocol SharedDuties: Sendable {
    /// Takes on a duty that nobody has, or goes on with one that this process has.
    ///
    /// - Parameter milliseconds: For how long, where it is not taken on again before.
    func takeOn(_ duty: String, milliseconds: Int64) async -> DutyHolder

    /// Lays a duty down that this process has, so that another takes it on without waiting.
    func layDown(_ duty: String) async
}

/// Who has a duty.
public enum DutyHolder: Sendable, Equatable {
    /// This process.
    case own
    /// Another one.
    case other
    /// It is not known: the others cannot be reached.
    case unknown
}
