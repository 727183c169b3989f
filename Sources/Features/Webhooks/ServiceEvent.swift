public import Bytes
import JSON

/// Something that has happened, as the owner's own service is told.
public struct ServiceEvent: Sendable {
    /// What it is.
    public let kind: EventKind
    /// The same in every try to deliver it, and no other event's.
    public let id: String
    /// When it happened.
    public let at: Timestamp
    /// Whose doing it is; nil where nobody's.
    public let user: User?
    /// The session that has begun or ended, as `welcome` names it.
    public let session: String?
    /// The room.
    public let room: String?

    /// A person as the service is told.
    public struct User: Sendable {
        let id: String
        let name: String
        /// Their tenant; nil for the server's own.
        let tenant: String?

        /// A person.
        public init(id: String, name: String, tenant: String? = nil) {
            self.id = id
            self.name = name
            self.tenant = tenant
        }
    }

    /// Something that has happened.
    public init(
        _ kind: EventKind, at: Timestamp = .now(), user: User? = nil, session: String? = nil,
        room: String? = nil
    ) {
        self.kind = kind
        id = Identifier.uuid()
        self.at = at
        self.user = user
        self.session = session
        self.room = room
    }

    /// The event as an object of a delivery.
    func encoded(instance: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 240)
        writer.beginObject()
        writer.field("type", kind.rawValue)
        writer.field("id", id)
        writer.field("at", at.milliseconds)
        writer.field("instance", instance)
        if let user {
            writer.key("user")
            writer.beginObject()
            writer.field("id", user.id)
            writer.field("name", user.name)
            writer.field("tenant", ifPresent: user.tenant)
            writer.endObject()
        }
        writer.field("session", ifPresent: session)
        writer.field("room", ifPresent: room)
        writer.endObject()
        return [UInt8](writer.span)
    }
}
