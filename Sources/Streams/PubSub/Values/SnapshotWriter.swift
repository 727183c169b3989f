import JSON

/// Writes a `snapshot` of channels: one message, or several where it would be a long one.
///
/// Each channel's entry is whole in one of them. The first one carries the request's id, those behind it answer no
/// request.
struct SnapshotWriter: ~Copyable {
    /// A message's bytes beyond which another one begins.
    static let messageBytes = 65_536

    private(set) var frames: [SharedFrame] = []
    private var writer = JSONWriter(capacity: 256)
    private var isOpen = false

    init(id: String?) { begin(id: id) }

    private mutating func begin(id: String?) {
        writer.removeAll()
        writer.beginObject()
        writer.field("type", "snapshot")
        writer.field("id", ifPresent: id)
        writer.key("channels")
        writer.beginObject()
        isOpen = true
    }

    /// Writes a channel's entry.
    mutating func add<R>(_ write: (inout JSONWriter) -> R) -> R {
        if !isOpen { begin(id: nil) }
        defer { if writer.span.count > SnapshotWriter.messageBytes { end() } }
        return write(&writer)
    }

    private mutating func end() {
        writer.endObject()
        writer.endObject()
        frames.append(SharedFrame(writer.span))
        isOpen = false
    }

    /// All messages, the first one even where no channel is in it.
    consuming func finish() -> [SharedFrame] {
        if isOpen { end() }
        return frames
    }
}
