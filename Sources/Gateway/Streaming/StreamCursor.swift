import ClientProtocol
import JSON
import PubSub

/// Where a client without a WebSocket is in its channels, and the one text that says so: an event's id, for
/// `Last-Event-ID`.
///
/// The text is a mark of the channels asked for and, in their order, the position in each of them that is named by itself:
/// `k3fz.t_a1:5,t_b2:900`. Whoever comes back asks for the same channels, so that their names need not be in it.
struct StreamCursor {
    private let mark: String
    private let names: [String]
    private var places: [String: Int] = [:]
    private var positions: [StreamPosition?]

    /// A cursor at the beginning.
    ///
    /// - Parameter channels: Names and patterns, as they were asked for. Patterns have no position of their own.
    init(_ channels: [String]) {
        var names: [String] = []
        for channel in channels where !ChannelPattern.isPattern(channel) && places[channel] == nil {
            places[channel] = names.count
            names.append(channel)
        }
        self.names = names
        positions = Array(repeating: nil, count: names.count)
        mark = String(StableHash.place(of: names.joined(separator: "\n"), among: 1_679_616), radix: 36)
    }

    /// A cursor where a client says that it is; at the beginning where what it says is of other channels.
    init(_ channels: [String], after text: String) {
        self.init(channels)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == mark else { return }
        let written = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        guard written.count == names.count else { return }
        for (index, part) in written.enumerated() {
            guard let colon = part.lastIndex(of: ":"), let offset = Int64(part[part.index(after: colon)...]),
                offset >= 0, colon > part.startIndex
            else { continue }
            positions[index] = StreamPosition(epoch: String(part[..<colon]), offset: offset)
        }
    }

    /// The positions by channel, as `subscribe` takes them.
    var since: [String: StreamPosition] {
        var since: [String: StreamPosition] = [:]
        for (index, name) in names.enumerated() { since[name] = positions[index] }
        return since
    }

    /// As an id that a client gives back.
    var text: String {
        let written = positions.map { $0.map { "\($0.epoch):\($0.offset)" } ?? "" }
        return mark + "." + written.joined(separator: ",")
    }

    /// Whether there is a position to speak of.
    var isKnown: Bool { positions.contains { $0 != nil } }

    // MARK: Messages

    /// Takes notice of a message that is on its way to the client.
    ///
    /// - Returns: Whether the client is somewhere else after it.
    mutating func note(_ message: Span<UInt8>) -> Bool {
        guard !names.isEmpty else { return false }
        var (type, channel) = ("", String?.none)
        var (offset, values, channels) = (Int64?.none, Range<Int>?.none, Range<Int>?.none)
        var reader = JSONReader(message)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, equals: "type") {
                    type = try reader.readString()
                } else if reader.key(key, equals: "channel") {
                    channel = try reader.readString()
                } else if reader.key(key, equals: "offset") {
                    offset = try reader.readInt()
                } else if reader.key(key, equals: "values") {
                    values = try reader.skipValue()
                } else if reader.key(key, equals: "channels") {
                    channels = try reader.skipValue()
                } else {
                    _ = try reader.skipValue()
                }
            }
        } catch {
            return false
        }
        if type == "snapshot", let channels { return begin(at: message.extracting(channels)) }
        if let channel, let offset { return move(channel, to: offset) }
        guard let values, let kind = StreamKind(messageType: type) else { return false }
        return move(kind, message.extracting(values))
    }

    /// What a `snapshot` says of each channel. Where everything that was missed follows the position is that from before.
    private mutating func begin(at channels: Span<UInt8>) -> Bool {
        guard let members = (try? JSONValue(parsing: channels))?.object else { return false }
        for member in members {
            guard let place = places[member.name], let epoch = member.value["epoch"]?.string,
                let offset = member.value["offset"]?.integer
            else { continue }
            guard member.value["recovered"]?.bool != true || positions[place] == nil else { continue }
            positions[place] = StreamPosition(epoch: epoch, offset: offset)
        }
        return true
    }

    private mutating func move(_ channel: String, to offset: Int64) -> Bool {
        guard let place = places[channel], let position = positions[place], offset > position.offset else {
            return false
        }
        positions[place]?.offset = offset
        return true
    }

    /// A message with the values of several channels.
    private mutating func move(_ kind: StreamKind, _ values: Span<UInt8>) -> Bool {
        guard let members = (try? JSONValue(parsing: values))?.object else { return false }
        var isMoved = false
        for member in members {
            guard let offset = member.value["offset"]?.integer else { continue }
            if move(kind.channel(ofKey: member.name), to: offset) { isMoved = true }
        }
        return isMoved
    }
}
