import Bytes
import WebSocket

/// Messages with values of several channels for one subscriber, one message for each kind.
struct ValueBatch {
    /// JSON members, by the kind of channel that they are of.
    private var entries: [(kind: StreamKind, bytes: [UInt8])] = []
    /// The kinds of which there are values.
    private(set) var kinds: [StreamKind] = []

    /// Adds a value.
    ///
    /// - Parameter fields: The members that are wanted of it; nil for all.
    /// - Returns: By how many bytes the messages have grown.
    mutating func add(_ value: StreamValue, fields: [String]?) -> Int {
        let entry = fields.map { value.entry(of: $0) } ?? value.entry
        if !kinds.contains(value.kind) { kinds.append(value.kind) }
        entries.append((value.kind, entry))
        return entry.count + 1
    }

    /// Appends the message with the values of one kind as a WebSocket frame: `{"type":…,"values":{…}}`.
    func appendFrame(_ kind: StreamKind, to buffer: inout ByteBuffer) {
        let type = kind.messageType
        // Each value has a comma behind it or the braces that end the message.
        var length = 22 + type.utf8.count
        for entry in entries where entry.kind == kind { length += entry.bytes.count + 1 }
        FrameEncoder.appendHeader(opcode: .text, length: length, to: &buffer)
        buffer.append("{\"type\":\"")
        buffer.append(text: type)
        buffer.append("\",\"values\":{")
        var isFirst = true
        for entry in entries where entry.kind == kind {
            if !isFirst { buffer.append(UInt8(ascii: ",")) }
            isFirst = false
            buffer.append(entry.bytes)
        }
        buffer.append("}}")
    }

    /// Forgets the values; the room for those of a usual batch stays.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: entries.count <= 256)
        kinds.removeAll(keepingCapacity: true)
    }
}
