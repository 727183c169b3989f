import Bytes
import WebSocket

/// Messages with values of several channels for one subscriber, one message for each `type`.
struct ValueBatch {
    private struct Part {
        let type: String
        /// JSON members, a comma between any two.
        var entries: [UInt8]
    }

    private let fields: [String]?
    private var parts: [Part] = []

    /// - Parameter fields: The members that are wanted of each value; nil for all.
    init(fields: [String]?) { self.fields = fields }

    /// Adds a value.
    ///
    /// - Returns: By how many bytes the messages have grown.
    mutating func add(_ value: StreamValue) -> Int {
        let entry = fields.map { value.entry(of: $0) } ?? value.entry
        if let index = parts.firstIndex(where: { $0.type == value.type }) {
            parts[index].entries.append(UInt8(ascii: ","))
            parts[index].entries.append(contentsOf: entry)
        } else {
            parts.append(Part(type: value.type, entries: entry))
        }
        return entry.count + 1
    }

    /// How many messages there are.
    var count: Int { parts.count }

    /// Appends a message as a WebSocket frame: `{"type":…,"values":{…}}`.
    func appendFrame(_ index: Int, to buffer: inout ByteBuffer) {
        let part = parts[index]
        let length = 23 + part.type.utf8.count + part.entries.count
        FrameEncoder.appendHeader(opcode: .text, length: length, to: &buffer)
        buffer.append("{\"type\":\"")
        buffer.append(text: part.type)
        buffer.append("\",\"values\":{")
        buffer.append(part.entries)
        buffer.append("}}")
    }
}
