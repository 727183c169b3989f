import Bytes
import JSON
public import WebSocket

extension SharedFrame {
    /// What another service says on a channel of ours: it has no place in it, so it has neither `seq` nor `offset`.
    ///
    /// - Parameter payload: Valid JSON, passed on byte for byte.
    public static func foreign(
        _ payload: [UInt8], on channel: String, deflater: Deflater? = nil
    ) -> SharedFrame {
        var writer = JSONWriter(capacity: payload.count + 128)
        writer.beginObject()
        writer.field("type", "publication")
        writer.field("channel", channel)
        writer.field("at", Timestamp.now().milliseconds)
        writer.key("data")
        writer.raw(payload.span)
        writer.endObject()
        return SharedFrame(writer.span, deflater: deflater)
    }
}
