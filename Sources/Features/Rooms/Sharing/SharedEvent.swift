import ClientProtocol
import JSON

/// What a home must know of a message on a room's channel before it passes it on: a process' own carries `seq`.
struct SharedEvent: Equatable {
    /// The event's position; nil where another service speaks.
    var seq: Int64?
    /// Whether it is something that somebody said.
    var isMessage = false

    private static let messages: Set<String> = ["new_message", "document_shared", "highlight_created"]

    /// Reads a message; nil where it is no JSON object.
    init?(_ payload: Span<UInt8>) {
        do {
            var reader = JSONReader(payload)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, equals: "type"), case .string = try reader.peek() {
                    isMessage = SharedEvent.messages.contains(try reader.readString())
                } else if reader.key(key, equals: "seq"), case .number = try reader.peek() {
                    seq = try reader.readInt()
                } else {
                    _ = try reader.skipValue()
                }
            }
            try reader.end()
        } catch {
            return nil
        }
    }
}
