import Bytes
import ClientProtocol
import JSON
import WebSocket

/// One ephemeral channel at its home: its position, its ring, its last value, who listens.
final class Topic {
    let key: String
    /// The name that clients know it by: `me` for everybody's own channel.
    let name: String
    let epoch: String
    var ring: HistoryRing
    var audience: Audience
    var last: (data: [UInt8], at: Timestamp)?
    /// Offsets by publisher and client id, for repeats; as many as the ring holds publications.
    private var recent: [String: Int64] = [:]
    private var recentOrder: [String] = []
    var idleSince: Int64 = 0

    init(key: String, name: String, settings: TopicSettings, shards: Int) {
        self.key = key
        self.name = name
        epoch = Identifier.short("t")
        ring = HistoryRing(countLimit: settings.ringCount(for: key), byteLimit: settings.ringBytes)
        audience = Audience(shards: shards)
    }

    var head: Int64 { ring.head }
    /// Whether it is somebody's own channel.
    var isPersonal: Bool { key != name }

    /// The offset that an earlier publication with this client id got.
    func offset(publisher: String, clientID: String) -> Int64? { recent["\(publisher)\n\(clientID)"] }

    func remember(publisher: String, clientID: String, offset: Int64) {
        let key = "\(publisher)\n\(clientID)"
        recent[key] = offset
        recentOrder.append(key)
        guard recentOrder.count > 512 else { return }
        for old in recentOrder.prefix(256) { recent[old] = nil }
        recentOrder.removeFirst(256)
    }

    /// Writes its member of a `snapshot`.
    func writeSnapshot(to writer: inout JSONWriter, recovered: Bool) {
        writer.key(dynamic: name)
        writer.beginObject()
        writer.field("epoch", epoch)
        writer.field("offset", head)
        writer.field("recovered", recovered)
        if let last {
            writer.field("at", last.at.milliseconds)
            writer.key("data")
            writer.raw(last.data.span)
        }
        writer.endObject()
    }

    /// The `gap` for a client that wanted what came after `offset`.
    func gap(after offset: Int64, reason: StaticString) -> SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "gap")
        writer.field("channel", name)
        writer.field("from", offset + 1)
        writer.field("to", head)
        writer.field("reason", reason.description)
        writer.endObject()
        return SharedFrame(writer.span)
    }

    func publication(_ data: Span<UInt8>, at time: Timestamp, deflater: Deflater?) -> SharedFrame {
        var writer = JSONWriter(capacity: data.count + name.utf8.count + 80)
        writer.beginObject()
        writer.field("type", "publication")
        writer.field("channel", name)
        writer.field("offset", head + 1)
        writer.field("at", time.milliseconds)
        writer.key("data")
        writer.raw(data)
        writer.endObject()
        return SharedFrame(writer.span, deflater: deflater)
    }
}
