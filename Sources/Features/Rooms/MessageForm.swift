import Bytes
public import JSON
public import Storage

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
