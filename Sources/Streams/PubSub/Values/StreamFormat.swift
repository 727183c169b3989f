import Bytes
import JSON
import WebSocket

/// How a channel's publications and its last value are written.
struct StreamFormat: Sendable {
    let kind: StreamKind
    let channel: String
    /// What names it beside the channel, as `"symbol":"BTC-USD"`: JSON members without braces.
    private let names: [UInt8]
    /// What its value is listed under in messages with several values, as a symbol.
    let key: String

    /// The format of a channel; that of topics for a name which no stream has.
    init(_ channel: String) {
        kind = StreamKind(channel) ?? .topic
        self.channel = channel
        let rest = String(channel.utf8.dropFirst(kind.prefix.utf8.count)) ?? ""
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        switch kind {
        case .topic, .anomalies: key = channel
        case .portfolio:
            key = rest
            writer.field("portfolio", rest)
        case .watchlist:
            key = rest
            writer.field("watchlist", rest)
        case .price, .risk:
            key = rest
            writer.field("symbol", rest)
        case .leaderboard:
            key = rest
            writer.field("board", rest)
        case .candles:
            let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            key = String(rest[..<colon])
            writer.field("symbol", key)
            writer.field("interval", String(rest[colon...].dropFirst()))
        }
        writer.endObject()
        names =
            writer.span.count > 2
            ? [UInt8](writer.span.extracting(1..<(writer.span.count - 1))) : []
    }

    /// A publication as subscribers get it.
    ///
    /// - Parameter data: Valid JSON; an object where the channel is no topic.
    func frame(_ data: Span<UInt8>, offset: Int64, at time: Timestamp, deflater: Deflater?) -> SharedFrame {
        var writer = JSONWriter(capacity: data.count + channel.utf8.count + names.count + 80)
        begin(&writer)
        writer.field("offset", offset)
        guard kind != .topic else {
            writer.field("at", time.milliseconds)
            writer.key("data")
            writer.raw(data)
            writer.endObject()
            return SharedFrame(writer.span, deflater: deflater)
        }
        let members = StreamFormat.members(of: data)
        writer.members(members)
        writer.endObject()
        guard kind.isValue else { return SharedFrame(writer.span, deflater: deflater) }
        return SharedFrame(
            writer.span, value: StreamValue(self, offset: offset, members: members), deflater: deflater)
    }

    /// Begins a message: everything that is the same in all of the channel's.
    func begin(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", kind.messageType)
        writer.field("channel", channel)
        writer.members(names.span)
    }

    /// Writes the last value as a member of the channel's entry in a `snapshot`.
    func writeLast(_ data: Span<UInt8>, at time: Timestamp, to writer: inout JSONWriter) {
        switch kind {
        case .topic, .anomalies:
            writer.field("at", time.milliseconds)
            writer.key("data")
            writer.raw(data)
        case .price, .candles, .leaderboard, .risk, .portfolio, .watchlist:
            writer.key("values")
            writer.beginObject()
            writer.key(dynamic: key)
            writer.raw(data)
            writer.endObject()
        }
    }

    /// The members of an object without its braces.
    @_lifetime(copy data)
    private static func members(of data: Span<UInt8>) -> Span<UInt8> {
        data.count > 2 ? data.extracting(1..<(data.count - 1)) : data.extracting(0..<0)
    }
}
