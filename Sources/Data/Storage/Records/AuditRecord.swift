public import Bytes

/// A privileged act or the refusal of one, kept for whoever must account for it.
public struct AuditRecord: Sendable, Hashable {
    /// Its id; later ones sort after earlier ones. The store gives it.
    public var id: String
    /// When.
    public var at: Timestamp
    /// Whose data it is about.
    public var tenant: String
    /// Who did it; empty where nobody knows.
    public var actor: String
    /// What they did, as `ban.add`.
    public var action: String
    /// In which room.
    public var room: String?
    /// To whom or what.
    public var target: String?
    /// More about it, as JSON.
    public var details: String?
    /// From where, as far as that is kept.
    public var address: String?
    /// The request that it was.
    public var requestID: String?
    /// What came of it: `done`, or the code of the refusal.
    public var outcome: String
    /// How many there were: refusals of one kind from one network are counted.
    public var count: Int

    /// What ``outcome`` is where it was done.
    public static let done = "done"

    /// A privileged act.
    public init(
        id: String = "", at: Timestamp = .now(), tenant: String = "default", actor: String, action: String,
        room: String? = nil, target: String? = nil, details: String? = nil, address: String? = nil,
        requestID: String? = nil, outcome: String = AuditRecord.done, count: Int = 1
    ) {
        self.id = id
        self.at = at
        self.tenant = tenant
        self.actor = actor
        self.action = action
        self.room = room
        self.target = target
        self.details = details
        self.address = address
        self.requestID = requestID
        self.outcome = outcome
        self.count = count
    }
}
