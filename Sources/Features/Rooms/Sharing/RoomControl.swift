import Bytes
import JSON
import Storage

/// What processes tell each other of a room, on its channel `control`.
struct RoomControl {
    /// What has happened; it is in the store already where it is to last.
    enum Deed {
        /// The settings are others.
        case changed
        /// A member's role.
        case promoted(user: String, Role)
        /// Somebody must leave.
        case evicted(user: String, isBan: Bool, reason: String?)
        /// The gate is closed to somebody.
        case expelled(user: String, reason: String, words: String, endsMembership: Bool)
        /// Nobody can say for so many milliseconds more whether somebody may stay behind the gate.
        case warned(user: String, remaining: Int64, since: Int64)
        /// A member goes by another name.
        case renamed(Author)
        /// The last events are not as they were.
        case forgotten
        /// How far somebody has read.
        case read(Author, seq: Int64)
        /// How far the room is.
        case position(Int64)
        /// A sender waits to hear that everybody has what was sent up to an event.
        case receiptWanted(seq: Int64)
        /// People at a process have it.
        case receiptTaken(seq: Int64, users: [String])
        /// A sender is told what has become of their messages, wherever they are connected.
        case receipt(ReceiptBook.Receipt)
    }

    /// The process that says it.
    var sender: String
    /// What it says.
    var deed: Deed

    init(sender: String, _ deed: Deed) {
        self.sender = sender
        self.deed = deed
    }

    /// Reads what a process said; nil where it is nothing that we know.
    init?(_ payload: [UInt8]) {
        guard let value = try? JSONValue(parsing: payload.span), let sender = value["from"]?.string,
            let deed = Deed(value)
        else { return nil }
        self.init(sender: sender, deed)
    }

    func encoded(room: String) -> JSONWriter {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.field("type", deed.type)
        writer.field("room", room)
        writer.field("from", sender)
        deed.write(to: &writer)
        writer.endObject()
        return writer
    }
}

extension RoomControl.Deed {
    var type: String {
        switch self {
        case .changed: "changed"
        case .promoted: "promoted"
        case .evicted: "evicted"
        case .expelled: "expelled"
        case .warned: "warned"
        case .renamed: "renamed"
        case .forgotten: "forgotten"
        case .read: "read"
        case .position: "position"
        case .receiptWanted: "receipt_wanted"
        case .receiptTaken: "receipt_taken"
        case .receipt: "receipt"
        }
    }

    init?(_ value: JSONValue) {
        let user = value["user"]?.string
        switch (value["type"]?.string, user) {
        case ("changed", _): self = .changed
        case ("forgotten", _): self = .forgotten
        case ("promoted", .some(let user)):
            guard let role = value["role"]?.string.flatMap(Role.init) else { return nil }
            self = .promoted(user: user, role)
        case ("evicted", .some(let user)):
            self = .evicted(
                user: user, isBan: value["ban"]?.bool ?? false, reason: value["reason"]?.string)
        case ("expelled", .some(let user)):
            self = .expelled(
                user: user, reason: value["reason"]?.string ?? "", words: value["words"]?.string ?? "",
                endsMembership: value["ends"]?.bool ?? false)
        case ("warned", .some(let user)):
            guard let remaining = value["remaining_ms"]?.integer, let since = value["since"]?.integer else {
                return nil
            }
            self = .warned(user: user, remaining: remaining, since: since)
        case ("renamed", _):
            guard let member = value["member"].flatMap(Author.init) else { return nil }
            self = .renamed(member)
        case ("read", _):
            guard let reader = value["reader"].flatMap(Author.init), let seq = value["seq"]?.integer else {
                return nil
            }
            self = .read(reader, seq: seq)
        case ("position", _):
            guard let seq = value["seq"]?.integer else { return nil }
            self = .position(seq)
        case ("receipt_wanted", _):
            guard let seq = value["seq"]?.integer else { return nil }
            self = .receiptWanted(seq: seq)
        case ("receipt_taken", _):
            guard let seq = value["seq"]?.integer, let users = value["users"]?.array else { return nil }
            self = .receiptTaken(seq: seq, users: users.compactMap(\.string))
        case ("receipt", .some(let user)):
            guard let from = value["first"]?.integer, let seq = value["seq"]?.integer,
                let status = value["status"]?.string.flatMap(ReceiptBook.Status.init)
            else { return nil }
            self = .receipt(ReceiptBook.Receipt(user: user, from: from, seq: seq, status: status))
        default: return nil
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .changed, .forgotten: break
        case .promoted(let user, let role):
            writer.field("user", user)
            writer.field("role", role.rawValue)
        case .evicted(let user, let isBan, let reason):
            writer.field("user", user)
            writer.field("ban", isBan)
            if let reason { writer.field("reason", reason) }
        case .expelled(let user, let reason, let words, let endsMembership):
            writer.field("user", user)
            writer.field("reason", reason)
            writer.field("words", words)
            writer.field("ends", endsMembership)
        case .warned(let user, let remaining, let since):
            writer.field("user", user)
            writer.field("remaining_ms", remaining)
            writer.field("since", since)
        case .renamed(let member): writer.person("member", member)
        case .read(let reader, let seq):
            writer.person("reader", reader)
            writer.field("seq", seq)
        case .position(let seq), .receiptWanted(let seq): writer.field("seq", seq)
        case .receiptTaken(let seq, let users):
            writer.field("seq", seq)
            writer.texts("users", users)
        case .receipt(let receipt):
            writer.field("user", receipt.user)
            writer.field("first", receipt.from)
            writer.field("seq", receipt.seq)
            writer.field("status", receipt.status.rawValue)
        }
    }
}

extension Author {
    /// A person as messages name them; nil where an id or a name is missing.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.string, let name = value["name"]?.string else { return nil }
        self.init(id: id, name: name, isBot: value["bot"]?.bool ?? false)
    }
}
