public import Bytes

/// A privileged act, kept for whoever must account for it.
public struct AuditRecord: Sendable, Hashable {
    /// Its id; later ones sort after earlier ones.
    public var id: String
    /// When.
    public var at: Timestamp
    /// Who did it.
    public var actor: String
    /// What they did, as `ban.add`.
    public var action: String
    /// In which room.
    public var room: String?
    /// To whom or what.
    public var target: String?
    /// More about it, as JSON.
    public var details: String?

    /// A privileged act.
    public init(
        id: String = Identifier.uuid(), at: Timestamp = .now(), actor: String, action: String,
        room: String? = nil,
        target: String? = nil, details: String? = nil
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.action = action
        self.room = room
        self.target = target
        self.details = details
    }
}
