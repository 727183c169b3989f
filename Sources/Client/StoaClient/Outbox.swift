import Bytes
import Glibc
import JSON

/// Messages on their way, oldest first; kept in a file where one is named, so that a restart sends them too.
///
/// A message leaves when the server has acknowledged or refused it. Sending it again is harmless: its client id makes
/// it the same message.
struct Outbox {
    /// One message.
    struct Entry: Equatable {
        let room: String
        let clientID: String
        let content: String
        let replyTo: String?
        var wantsReceipt = false
        var isSent = false
    }

    private(set) var entries: [Entry] = []
    private let path: String?
    private let limit: Int

    init(path: String?, limit: Int) {
        self.path = path
        self.limit = limit
        if let path { entries = Outbox.read(path) }
    }

    /// Adds a message.
    ///
    /// - Returns: Whether there was room for it.
    mutating func add(_ entry: Entry) -> Bool {
        guard entries.count < limit else { return false }
        entries.append(entry)
        write()
        return true
    }

    /// The message is done.
    mutating func remove(_ clientID: String) {
        entries.removeAll { $0.clientID == clientID }
        write()
    }

    /// The next message of a room that has not been sent over this connection; marks it.
    mutating func takeUnsent(in room: String) -> Entry? {
        guard let index = entries.firstIndex(where: { $0.room == room && !$0.isSent }) else { return nil }
        entries[index].isSent = true
        return entries[index]
    }

    /// The connection is gone: everything is to be sent again.
    mutating func forgetSent() {
        for index in entries.indices { entries[index].isSent = false }
    }

    /// One message is to be sent again.
    mutating func forgetSent(_ clientID: String) {
        for index in entries.indices where entries[index].clientID == clientID {
            entries[index].isSent = false
        }
    }

    private func write() {
        guard let path else { return }
        var writer = JSONWriter()
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            writer.field("room", entry.room)
            writer.field("client_id", entry.clientID)
            writer.field("content", entry.content)
            writer.field("reply_to", ifPresent: entry.replyTo)
            if entry.wantsReceipt { writer.field("receipt", true) }
            writer.endObject()
        }
        writer.endArray()
        // Written beside and moved into place: a crash leaves the old list or the new one.
        let partial = path + ".partial"
        guard let file = unsafe fopen(partial, "w") else { return }
        let bytes = [UInt8](writer.span)
        let written = unsafe fwrite(bytes, 1, bytes.count, file)
        let isClosed = unsafe fclose(file) == 0
        if written == bytes.count, isClosed { _ = unsafe rename(partial, path) }
    }

    private static func read(_ path: String) -> [Entry] {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        let list = (try? JSONValue(parsing: bytes.span))?.array ?? []
        return list.compactMap { item in
            guard let room = item["room"]?.string, let id = item["client_id"]?.string,
                let content = item["content"]?.string
            else { return nil }
            return Entry(
                room: room, clientID: id, content: content, replyTo: item["reply_to"]?.string,
                wantsReceipt: item["receipt"]?.bool ?? false)
        }
    }
}
