public import Bytes

/// A way into a private room: by a code for whoever has it, or for one named person.
public struct InvitationRecord: Sendable, Hashable {
    /// Its id, for lists.
    public var id: String
    /// The room's id.
    public var room: String
    /// A one-way hash of the code; nil for a named person's.
    public var codeHash: String?
    /// Whom it is for; nil for whoever has the code.
    public var user: String?
    /// Who invites.
    public var by: String
    /// When it was made.
    public var at: Timestamp
    /// From when on it is void; nil for never.
    public var expiresAt: Timestamp?

    /// An invitation.
    public init(
        id: String = Identifier.uuid(), room: String, codeHash: String? = nil, user: String? = nil,
        by: String,
        at: Timestamp = .now(), expiresAt: Timestamp? = nil
    ) {
        self.id = id
        self.room = room
        self.codeHash = codeHash
        self.user = user
        self.by = by
        self.at = at
        self.expiresAt = expiresAt
    }
}
