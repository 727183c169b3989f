import Bytes
import JSON
import PubSub
import Storage

/// Encodes what rooms push: the same bytes for every member, so nothing in them depends on the reader.
enum RoomPush {
    /// A durable event as its push.
    static func event(_ event: StoredEvent) -> JSONWriter {
        var writer = JSONWriter(capacity: 384)
        writer.beginObject()
        switch event.body {
        case .message(let message):
            writer.field("type", type(of: message))
            position(event, &writer)
            writer.key("message")
            MessageForm.write(message, to: &writer, listing: false)
        case .updated(let id, let content, let mentions, let editedAt):
            writer.field("type", "message_updated")
            position(event, &writer)
            writer.field("message_id", id)
            writer.field("edited_at", editedAt.milliseconds)
            if let content {
                writer.field("content", content)
                writer.texts("mentions", mentions)
            } else {
                writer.field("deleted", true)
            }
        case .deleted(let id):
            writer.field("type", "message_deleted")
            position(event, &writer)
            writer.field("message_id", id)
            writer.person("user", event.actor)
        case .pinned(let id, let isPinned):
            writer.field("type", "message_pinned")
            position(event, &writer)
            writer.field("message_id", id)
            writer.field("pinned", isPinned)
            writer.person("user", event.actor)
        case .reaction(let id, let emoji, let isAdded, let count):
            writer.field("type", "reaction_updated")
            position(event, &writer)
            writer.field("message_id", id)
            writer.field("emoji", emoji)
            writer.person("user", event.actor)
            writer.field("added", isAdded)
            writer.field("count", count)
        }
        writer.endObject()
        return writer
    }

    private static func type(of message: MessageRecord) -> String {
        switch message.type {
        case .text, .system: "new_message"
        case .documentShare: "document_shared"
        case .highlight: "highlight_created"
        }
    }

    private static func position(_ event: StoredEvent, _ writer: inout JSONWriter) {
        writer.field("room", event.room)
        writer.field("seq", event.seq)
        writer.field("at", event.at.milliseconds)
    }

    /// `user_joined` or `user_left`.
    static func presence(room: String, _ person: Author, isHere: Bool, count: Int, at: Timestamp)
        -> SharedFrame
    {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.field("type", isHere ? "user_joined" : "user_left")
        writer.field("room", room)
        writer.person("user", person)
        writer.field("people_count", count)
        writer.field("at", at.milliseconds)
        writer.endObject()
        return SharedFrame(writer.span, .presence)
    }

    /// `user_updated`: a member goes by another name.
    static func renamed(room: String, _ person: Author) -> SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "user_updated")
        writer.field("room", room)
        writer.person("user", person)
        writer.endObject()
        return SharedFrame(writer.span)
    }

    /// `presence_diff`, for rooms too large to announce everybody by a message of their own.
    static func presenceDiff(room: String, joined: [Author], left: [Author], count: Int) -> SharedFrame {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.field("type", "presence_diff")
        writer.field("room", room)
        writer.people("joined", joined)
        writer.people("left", left)
        writer.field("people_count", count)
        writer.field("at", Timestamp.now().milliseconds)
        writer.endObject()
        return SharedFrame(writer.span, .presence)
    }

    /// `typing_status`.
    static func typing(room: String, _ person: Author, isTyping: Bool) -> SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "typing_status")
        writer.field("room", room)
        writer.person("user", person)
        writer.field("typing", isTyping)
        writer.field("ttl_ms", RoomHome.typingMilliseconds)
        writer.endObject()
        return SharedFrame(writer.span, .droppable)
    }

    /// `read_updated` for the room, where its members see how far the others have read.
    ///
    /// Droppable: the person's next one stands for all before it.
    static func read(room: String, _ person: Author, seq: Int64) -> SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "read_updated")
        writer.field("room", room)
        writer.person("user", person)
        writer.field("seq", seq)
        writer.endObject()
        return SharedFrame(writer.span, .droppable)
    }

    /// `left` without an id: a removal by others.
    static func removed(room: String, reason: String, details: String?) -> SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "left")
        writer.field("room", room)
        writer.field("reason", reason)
        if let details { writer.field("message", details) }
        writer.endObject()
        return SharedFrame(writer.span)
    }

    /// `room_updated`: the room's new settings.
    static func updated(_ room: RoomRecord) -> SharedFrame {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.field("type", "room_updated")
        writer.field("room", room.id)
        writer.key("info")
        RoomForm.write(room, to: &writer)
        writer.endObject()
        return SharedFrame(writer.span)
    }

    /// `receipt`.
    static func receipt(room: String, _ receipt: ReceiptBook.Receipt) -> SharedFrame {
        var writer = JSONWriter(capacity: 112)
        writer.beginObject()
        writer.field("type", "receipt")
        writer.field("room", room)
        writer.field("from", receipt.from)
        writer.field("seq", receipt.seq)
        writer.field("status", receipt.status.rawValue)
        writer.endObject()
        return SharedFrame(writer.span)
    }

    /// `gap`.
    static func gap(room: String, from: Int64, to: Int64, reason: String) -> SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "gap")
        writer.field("room", room)
        writer.field("from", from)
        writer.field("to", to)
        writer.field("reason", reason)
        writer.endObject()
        return SharedFrame(writer.span)
    }
}
