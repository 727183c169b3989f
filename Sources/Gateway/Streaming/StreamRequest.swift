import Achievements
import ClientProtocol
import HTTP
import JSON
import PubSub

/// The paths on which channels are read without a WebSocket.
enum StreamPath {
    /// Server-sent events, until one of both ends them.
    case events
    /// One answer, as soon as there is something.
    case poll

    /// Reads a request's path; nil where it is neither.
    init?(_ target: RequestTarget) {
        let segments = target.segments
        guard segments.count >= 3, segments[0] == "api", segments[1] == "v1", segments[2] == "stream" else {
            return nil
        }
        switch segments.count {
        case 3: self = .events
        case 4 where segments[3] == "poll": self = .poll
        default: return nil
        }
    }

    /// The path as metrics name it.
    var template: String {
        switch self {
        case .events: "/api/v1/stream"
        case .poll: "/api/v1/stream/poll"
        }
    }
}

/// What a request for channels asks: the query's fields, judged as those of `subscribe` are.
struct StreamRequest {
    /// The same as a client on a WebSocket would ask it.
    let command: Command
    /// Names and patterns.
    let channels: [String]
    /// The rooms whose leaderboards are among them.
    var rooms: [String] { channels.compactMap { BoardName(channel: $0)?.room } }
    /// Where the client is.
    let cursor: StreamCursor
    /// How long an answer may be waited for, in milliseconds.
    let waitMilliseconds: Int64

    /// How long that is at most, and usually: shorter than proxies wait.
    static let waitMost: Int64 = 55_000
    private static let waitUsually: Int64 = 25_000

    /// Reads a request.
    ///
    /// - Parameter lists: The lists among its channels, whose own channels have a place too.
    init(
        _ head: HTTPRequestHead, _ path: StreamPath, _ lists: [String: ChannelList] = [:]
    ) throws(ClientError) {
        var channels: [String] = []
        var (interval, isBatched, fields) = (String?.none, String?.none, String?.none)
        var (wait, after) = (String?.none, head.headers["last-event-id"])
        for (name, value) in head.target.queryItems {
            switch name {
            case "channel": channels.append(value)
            case "min_interval_ms": interval = value
            case "batch": isBatched = value
            case "fields": fields = value
            case "wait_ms": wait = value
            case "after": after = after ?? value
            // A ticket is taken with who asks.
            case "ticket": break
            default: throw .invalid(String(name.prefix(64)), "There is no such parameter here.")
            }
        }
        guard !channels.isEmpty else {
            throw .invalid(
                "channel", "\"channel\" names what is wanted, once for each, as channel=price:BTC-USD.")
        }
        if path == .poll, channels.contains(where: { $0.hasSuffix("*") }) {
            throw .invalid("channel", "Long polls take channels by their names, not patterns.")
        }
        waitMilliseconds = try StreamRequest.wait(wait, path)
        let named = channels + channels.flatMap { lists[$0]?.channels ?? [] }
        cursor = after.map { StreamCursor(named, after: $0) } ?? StreamCursor(named)
        self.channels = channels
        let message = try StreamRequest.subscribe(channels, cursor, interval, isBatched, fields)
        do throws(CommandError) {
            command = try CommandDecoder.decode(message.span, room: nil)
        } catch {
            guard case .refused(let refusal, _) = error else {
                throw ClientError(.invalidMessage, "The query cannot be read.")
            }
            throw StreamRequest.asAsked(refusal)
        }
    }

    /// A refusal with the field's name in the query.
    static func asAsked(_ refusal: ClientError) -> ClientError {
        guard refusal.field == "channels" else { return refusal }
        var refusal = refusal
        refusal.field = "channel"
        return refusal
    }

    private static func wait(_ text: String?, _ path: StreamPath) throws(ClientError) -> Int64 {
        guard let text else { return waitUsually }
        guard path == .poll, let wait = Int64(text), (0...waitMost).contains(wait) else {
            throw .invalid("wait_ms", "A long poll waits 0 to \(waitMost) milliseconds.")
        }
        return wait
    }

    private static func subscribe(
        _ channels: [String], _ cursor: StreamCursor, _ interval: String?, _ isBatched: String?,
        _ fields: String?
    ) throws(ClientError) -> JSONWriter {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.field("type", "subscribe")
        writer.key("channels")
        write(channels, to: &writer)
        if let interval {
            guard let milliseconds = Int64(interval) else {
                throw .invalid("min_interval_ms", "An interval is a number of milliseconds.")
            }
            writer.field("min_interval_ms", milliseconds)
        }
        if let isBatched {
            guard ["true", "false"].contains(isBatched) else {
                throw .invalid("batch", "\"batch\" is true or false.")
            }
            writer.field("batch", isBatched == "true")
        }
        if let fields {
            writer.key("fields")
            write(
                fields.split(separator: ",", omittingEmptySubsequences: false).map(String.init), to: &writer)
        }
        writer.key("since")
        writer.beginObject()
        for (channel, position) in cursor.since {
            writer.key(dynamic: channel)
            writer.beginObject()
            writer.field("epoch", position.epoch)
            writer.field("offset", position.offset)
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
        return writer
    }

    private static func write(_ texts: [String], to writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.value(text) }
        writer.endArray()
    }
}
