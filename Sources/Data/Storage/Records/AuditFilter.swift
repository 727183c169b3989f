public import Bytes

/// Which lines of the record are asked for; nil asks for all.
public struct AuditFilter: Sendable, Hashable {
    /// Whose data.
    public var tenant: String?
    /// Who did it.
    public var actor: String?
    /// What they did: `ban.add`, or with a full stop at its end all that begins so.
    public var action: String?
    /// To whom or what.
    public var target: String?
    /// In which room.
    public var room: String?
    /// From when on.
    public var since: Timestamp?
    /// Until before when.
    public var until: Timestamp?

    /// All lines.
    public init() {}
}
