import Bytes
public import JSON
import PubSub
public import Storage

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

/// A message as JSON.
public enum MessageForm {
    /// Writes one message.
    ///
    /// - Parameter listing: Whether it stands in a listing, where it also carries its position and what has become of it.
    public static func write(_ message: MessageRecord, to writer: inout JSONWriter, listing: Bool) {
        writer.beginObject()
        writer.field("id", message.id)
        if listing {
            writer.field("seq", message.seq)
            writer.field("at", message.at.milliseconds)
        }
        writer.person("author", message.author)
        writer.field("message_type", message.type.rawValue)
        if !message.deleted {
            writer.field("content", message.content)
            if let document = message.documentID { writer.field("document_id", document) }
            if let highlight = message.highlight {
                writer.key("highlight")
                writer.raw(highlight.utf8Span.span)
            }
        }
        writer.optional("reply_to", message.replyTo)
        writer.texts("mentions", message.deleted ? [] : message.mentions)
        if let clientID = message.clientID { writer.field("client_id", clientID) }
        writer.field("pinned", message.pinned)
        writer.field("deleted", message.deleted)
        if listing {
            writer.optional("edited_at", message.editedAt)
            writer.field("reply_count", message.replyCount)
        }
        writer.key("reactions")
        writer.beginObject()
        for reaction in message.reactions {
            writer.key(dynamic: reaction.emoji)
            writer.beginObject()
            writer.field("count", reaction.count)
            writer.texts("users", reaction.users)
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
    }

    /// Writes a member with messages, oldest first.
    public static func write(_ name: StaticString, _ messages: [MessageRecord], to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for message in messages { write(message, to: &writer, listing: true) }
        writer.endArray()
    }
}

/// A room as JSON.
public enum RoomForm {
    /// Writes a room's settings.
    public static func write(_ room: RoomRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        members(room, to: &writer)
        writer.endObject()
    }

    /// Writes a room's settings as members of an object that is begun.
    public static func members(_ room: RoomRecord, to writer: inout JSONWriter) {
        writer.field("id", room.id)
        writer.field("name", room.name)
        writer.field("description", room.description)
        writer.field("type", room.type.rawValue)
        writer.field("creator", room.creatorID)
        writer.field("max_participants", room.maxParticipants)
        writer.field("locked", room.locked)
        writer.field("slow_mode_ms", room.slowModeMilliseconds)
        writer.field("read_receipts", room.readReceipts)
        writer.field("receipts", room.receipts)
        writer.field("active", room.active)
        writer.optional("access_token_mint", room.accessTokenMint)
        writer.optional("access_token_min_amount", room.accessTokenMinAmount)
        writer.optional("access_nft_collection", room.accessNFTCollection)
        writer.key("gate")
        if let gate = room.gate { writer.raw(gate.utf8Span.span) } else { writer.null() }
        writer.key("retention_days")
        if let days = room.retentionDays { writer.value(days) } else { writer.null() }
        writer.field("created_at", room.createdAt.milliseconds)
        writer.field("updated_at", room.updatedAt.milliseconds)
    }
}

extension JSONWriter {
    /// Writes a member that may be null.
    public mutating func optional(_ name: StaticString, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    /// Writes a member with a moment that may be null.
    mutating func optional(_ name: StaticString, _ at: Timestamp?) {
        key(name)
        if let at { value(at.milliseconds) } else { null() }
    }

    /// Writes a member with a list of texts.
    public mutating func texts(_ name: StaticString, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }

    /// Writes a member with a person.
    public mutating func person(_ name: StaticString, _ person: Author) {
        key(name)
        self.person(person)
    }

    /// Writes a person.
    public mutating func person(_ person: Author) {
        beginObject()
        field("id", person.id)
        field("name", person.name)
        if person.isBot { field("bot", true) }
        endObject()
    }

    /// Writes a member with a list of people.
    public mutating func people(_ name: StaticString, _ people: [Author]) {
        key(name)
        beginArray()
        for person in people { self.person(person) }
        endArray()
    }
}
