public import Bytes

/// A person who may not be in a room.
public struct BanRecord: Sendable, Hashable {
    /// The room's id.
    public var room: String
    /// Who is banned.
    public var user: String
    /// Who did it.
    public var by: String
    /// Why, in words.
    public var reason: String?
    /// Since when.
    public var at: Timestamp
    /// Until when (exclusive); nil for ever.
    public var until: Timestamp?

    /// A ban.
    public init(
        room: String, user: String, by: String, reason: String? = nil, at: Timestamp = .now(),
        until: Timestamp? = nil
    ) {
        self.room = room
        self.user = user
        self.by = by
        self.reason = reason
        self.at = at
        self.until = until
    }
}

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

/// What became of a code.
public enum RedemptionOutcome: Sendable, Hashable {
    /// The person may join this room.
    case accepted(room: String)
    /// No such code.
    case unknown
    /// It was good until this moment.
    case expired(Timestamp)
    /// It is for somebody else.
    case forAnother
}

/// A message that somebody wants the moderators to look at.
public struct ReportRecord: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// The room's id.
    public var room: String
    /// The message's id.
    public var messageID: String
    /// Who reports it.
    public var by: String
    /// Why, in words.
    public var reason: String?
    /// When.
    public var at: Timestamp

    /// A report.
    public init(
        id: String = Identifier.uuid(), room: String, messageID: String, by: String, reason: String? = nil,
        at: Timestamp = .now()
    ) {
        self.id = id
        self.room = room
        self.messageID = messageID
        self.by = by
        self.reason = reason
        self.at = at
    }
}

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
