import Bytes
import ClientProtocol
import JSON
import WebSocket

/// One ephemeral channel at its home: its position, its ring, its last value, who listens.
final class Topic {
    let name: String
    let format: StreamFormat
    var epoch: String
    var ring: HistoryRing
    var audience: Audience
    var last: (data: [UInt8], at: Timestamp)?
    /// Offsets by publisher and client id, for repeats; as many as the ring holds publications.
    private var recent: [String: Int64] = [:]
    private var recentOrder: [String] = []
    var idleSince: Int64 = 0
    /// When the last one who listened went.
    var leftAt: Int64 = 0
    /// What is known of it elsewhere; nil where it is this process' alone.
    let link: TopicLink?

    init(name: String, settings: TopicSettings, shards: Int, link: TopicLink? = nil) {
        self.name = name
        format = StreamFormat(name)
        self.link = link
        epoch = link == nil ? Identifier.short("t") : ""
        ring = HistoryRing(
            countLimit: settings.ringCount(for: name), byteLimit: settings.ringBytes)
        audience = Audience(shards: shards)
    }

    var head: Int64 { ring.head }

    /// Whether nobody has used it since a moment. What has a value is not forgotten by the process that it belongs to:
    /// whoever comes wants to see it.
    func isIdle(since moment: Int64) -> Bool {
        guard audience.isEmpty, idleSince < moment else { return false }
        guard let link else {
            // Of these others know the value too.
            return [.topic, .watchlist].contains(format.kind) || format.kind.isToldOnDemand || last == nil
        }
        return link.waiting.isEmpty
    }

    /// Whether what it was told last may be old: of a kind that is told on demand, and nobody has listened since a moment.
    func isOutdated(since moment: Int64) -> Bool {
        link == nil && format.kind.isToldOnDemand && audience.isEmpty && leftAt < moment
    }

    /// Whether nothing was ever said on it, of a kind that whoever is signed in may name.
    var isBare: Bool { format.kind != .topic && last == nil && head == 0 }

    /// The channels that it lists, where it is a list of some.
    var list: ChannelList? {
        guard format.kind == .watchlist, let last else { return nil }
        return ChannelList(last.data, at: last.at)
    }

    /// Whether its position can be told.
    var isReady: Bool { link?.isKnown ?? true }

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
        if let last { format.writeLast(last.data.span, at: last.at, to: &writer) }
        writer.endObject()
    }

    /// A `snapshot` of this topic alone, which answers no request.
    var snapshot: SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "snapshot")
        writer.key("channels")
        writer.beginObject()
        writeSnapshot(to: &writer, recovered: false)
        writer.endObject()
        writer.endObject()
        return SharedFrame(writer.span)
    }

    /// Keeps a publication for those who will have missed it.
    ///
    /// - Returns: How many bytes more the ring holds.
    func append(_ frame: SharedFrame, at now: Int64) -> Int {
        let held = ring.bytes
        ring.append(frame)
        idleSince = now
        return ring.bytes - held
    }

    /// What a client has missed since its position up to an offset, or the gap in its place.
    func missed(since: StreamPosition?, upTo end: Int64, _ counters: inout TopicCounters)
        -> (first: [SharedFrame], recovered: Bool)
    {
        guard let since else { return ([], false) }
        guard since.epoch == epoch, since.offset <= head else {
            counters.epochGaps += 1
            return ([gap(after: since.offset, upTo: head, reason: "epoch")], false)
        }
        guard let frames = ring.after(since.offset) else {
            counters.limitGaps += 1
            return ([gap(after: since.offset, upTo: head, reason: "limit")], false)
        }
        let missed = Array(frames.prefix(Int(max(0, end - since.offset))))
        counters.replayed += missed.count
        return (missed, true)
    }

    /// The `gap` in place of what came after `offset`.
    func gap(after offset: Int64, upTo end: Int64, reason: StaticString) -> SharedFrame {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "gap")
        writer.field("channel", name)
        writer.field("from", offset + 1)
        writer.field("to", end)
        writer.field("reason", reason.description)
        writer.endObject()
        return SharedFrame(writer.span)
    }

    /// The next publication.
    func publication(_ data: Span<UInt8>, at time: Timestamp, deflater: Deflater?) -> SharedFrame {
        format.frame(data, offset: head + 1, at: time, deflater: deflater)
    }

    /// The next push of a person's own channel.
    ///
    /// - Parameter members: JSON members without braces.
    func push(_ type: String, _ members: [UInt8]) -> SharedFrame {
        var writer = JSONWriter(capacity: members.count + 64)
        writer.beginObject()
        writer.field("type", type)
        writer.field("channel", name)
        writer.field("offset", head + 1)
        writer.members(members.span)
        writer.endObject()
        return SharedFrame(writer.span)
    }
}
