import Bytes
import JSON

/// What a node says over its WebSocket.
enum FeedMessage: Equatable {
    /// A subscription of ours has this number.
    case subscribed(request: Int64, subscription: Int64)
    /// A request of ours is refused.
    case refused(request: Int64)
    /// An account that is subscribed to has changed.
    case changed(subscription: Int64)
    /// Anything else, as a new slot: the chain goes on.
    case other

    /// Reads a message; what cannot be read says no more than that something came.
    init(_ bytes: [UInt8]) {
        self = .other
        guard let message = try? JSONValue(parsing: bytes.span) else { return }
        if message["method"]?.string == "accountNotification" {
            if let subscription = message["params"]?["subscription"]?.integer {
                self = .changed(subscription: subscription)
            }
            return
        }
        guard let request = message["id"]?.integer else { return }
        if let subscription = message["result"]?.integer {
            self = .subscribed(request: request, subscription: subscription)
        } else if message["error"] != nil {
            self = .refused(request: request)
        }
    }

    /// A request as the node reads it.
    static func request(_ id: Int64, _ method: String, _ parameters: [JSONValue]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("jsonrpc", "2.0")
        writer.field("id", id)
        writer.field("method", method)
        writer.key("params")
        JSONValue.array(parameters).write(to: &writer)
        writer.endObject()
        return [UInt8](writer.span)
    }
}
