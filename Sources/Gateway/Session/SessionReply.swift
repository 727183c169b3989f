import Bytes
import ClientProtocol
import Identity
import JSON
import Storage

/// What a session says of itself.
enum SessionReply {
    /// `welcome`.
    static func welcome(
        id: String?, session: String, _ principal: Principal, _ settings: GatewaySettings,
        allowance: (tier: RequestTier, count: Int)?
    ) -> ByteBuffer {
        var writer = JSONWriter(capacity: 384)
        writer.beginObject()
        writer.field("type", "welcome")
        if let id { writer.field("id", id) }
        writer.field("session", session)
        writer.key("user")
        writer.beginObject()
        writer.field("id", principal.user)
        writer.field("name", principal.name)
        writer.endObject()
        writer.key("server")
        writer.beginObject()
        writer.field("version", ServerVersion.current)
        writer.field("instance", settings.instance)
        writer.endObject()
        writer.field("at", Timestamp.now().milliseconds)
        writer.field("ping_ms", settings.pingMilliseconds)
        writer.field("expires_at", principal.expiresAt.milliseconds)
        writer.key("limits")
        writer.beginObject()
        writer.field("message_bytes", settings.messageBytes)
        writer.field("channels", settings.channels)
        writer.field("commands_per_second", settings.commandsPerSecond)
        if let allowance {
            writer.field("tier", allowance.tier.rawValue)
            writer.field("requests_per_hour", allowance.count)
        }
        writer.endObject()
        writer.endObject()
        return writer.finish()
    }

    /// An `ack` with the server's time.
    static func ack(id: String?, expiresAt: Timestamp? = nil) -> ByteBuffer {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "ack")
        if let id { writer.field("id", id) }
        writer.field("at", Timestamp.now().milliseconds)
        if let expiresAt { writer.field("expires_at", expiresAt.milliseconds) }
        writer.endObject()
        return writer.finish()
    }

    /// An `ack` of a read marker.
    static func marked(id: String, room: String, seq: Int64) -> SharedBytes {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "ack")
        writer.field("id", id)
        writer.field("room", room)
        writer.field("seq", seq)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    /// The warning before the token runs out.
    static func expiring(_ principal: Principal) -> ByteBuffer {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.field("type", "token_expiring")
        writer.field("expires_at", principal.expiresAt.milliseconds)
        writer.endObject()
        return writer.finish()
    }

    /// The hint before the server goes away.
    static func reconnect(afterMilliseconds: Int64) -> ByteBuffer {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.field("type", "reconnect")
        writer.field("after_ms", afterMilliseconds)
        writer.endObject()
        return writer.finish()
    }
}

/// The version of this server.
public enum ServerVersion {
    /// As in `welcome`, `/api/v1/server` and `stoa --version`.
    public static let current = "0.1.0"
}
