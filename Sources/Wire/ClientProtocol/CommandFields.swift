import Bytes
import JSON

/// The members of a request that any type knows, as found in one pass over the JSON.
///
/// A member of the wrong kind is an error only when the request's type is known; so the first such finding waits here.
/// Unknown members are passed over, as the protocol's rule for growth demands.
struct CommandFields {
    var type: String?
    var id: String?
    // One place for each name: a request has two or three of them, and a dictionary would be made for every message.
    private var strings = InlineArray<14, String?>(repeating: nil)
    private var integers = InlineArray<7, Int64?>(repeating: nil)
    var since: StreamPosition?
    var sinceByChannel: [String: StreamPosition] = [:]
    /// An empty `since`: positions of no channels, but no room's position.
    private(set) var sinceIsEmpty = false
    var channels: [String]?
    var mentions: [String]?
    /// The members that are wanted of values.
    var fields: [String]?
    var data: Range<Int>?
    var highlight: Range<Int>?
    /// Whether a receipt is wanted.
    var receipt = false
    /// Whether values of several channels may come in one message.
    var batch = false
    /// The first member that has the wrong kind.
    var wrong: ClientError?
    private var seen = JSONFieldSet()

    /// Members that are read: texts first, then whole numbers, then those with a place of their own.
    enum Name: UInt8, CaseIterable {
        case token, room, content, clientID, replyTo, messageID, emoji, documentID, cursor, query, thread,
            invitation, asset, channel
        case history, limit, before, after, around, seq, minInterval
        case type, id, since, channels, mentions, data, highlight, receipt, batch, fields

        /// By name, for those written with escapes.
        static let byText = Dictionary(uniqueKeysWithValues: allCases.map { ($0.text, $0) })

        /// The member's name on the wire.
        var text: String {
            switch self {
            case .token: "token"
            case .room: "room"
            case .content: "content"
            case .clientID: "client_id"
            case .replyTo: "reply_to"
            case .messageID: "message_id"
            case .emoji: "emoji"
            case .documentID: "document_id"
            case .cursor: "cursor"
            case .query: "query"
            case .thread: "thread"
            case .invitation: "invitation"
            case .asset: "asset"
            case .channel: "channel"
            case .history: "history"
            case .limit: "limit"
            case .before: "before"
            case .after: "after"
            case .around: "around"
            case .seq: "seq"
            case .minInterval: "min_interval_ms"
            case .type: "type"
            case .id: "id"
            case .since: "since"
            case .channels: "channels"
            case .mentions: "mentions"
            case .data: "data"
            case .highlight: "highlight"
            case .receipt: "receipt"
            case .batch: "batch"
            case .fields: "fields"
            }
        }
    }

    /// Reads one JSON object, which must be all there is.
    init(_ bytes: Span<UInt8>) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard let name = CommandFields.name(of: key, reader) else {
                _ = try reader.skipValue()
                continue
            }
            try seen.insert(Int(name.rawValue), at: key)
            try read(name, &reader)
        }
        try reader.end()
    }

    /// The text of a member; nil for one that is not there.
    func text(_ name: Name) -> String? { strings[Int(name.rawValue)] }

    /// The number of a member; nil for one that is not there.
    func integer(_ name: Name) -> Int64? { integers[Int(name.rawValue - Name.history.rawValue)] }

    private static func name(of key: JSONKey, _ reader: borrowing JSONReader) -> Name? {
        if key.hasEscapes { return Name.byText[reader.string(of: key)] }
        // By length first: most members are told apart by one or two comparisons.
        switch key.range.count {
        case 2: return reader.key(key, equals: "id") ? .id : nil
        case 3: return reader.key(key, equals: "seq") ? .seq : nil
        case 4:
            if reader.key(key, equals: "type") { return .type }
            if reader.key(key, equals: "room") { return .room }
            return reader.key(key, equals: "data") ? .data : nil
        case 5:
            if reader.key(key, equals: "since") { return .since }
            if reader.key(key, equals: "limit") { return .limit }
            if reader.key(key, equals: "emoji") { return .emoji }
            if reader.key(key, equals: "token") { return .token }
            if reader.key(key, equals: "after") { return .after }
            if reader.key(key, equals: "asset") { return .asset }
            if reader.key(key, equals: "batch") { return .batch }
            return reader.key(key, equals: "query") ? .query : nil
        default: return longName(of: key, reader)
        }
    }

    private static func longName(of key: JSONKey, _ reader: borrowing JSONReader) -> Name? {
        switch key.range.count {
        case 6:
            if reader.key(key, equals: "before") { return .before }
            if reader.key(key, equals: "around") { return .around }
            if reader.key(key, equals: "cursor") { return .cursor }
            if reader.key(key, equals: "fields") { return .fields }
            return reader.key(key, equals: "thread") ? .thread : nil
        case 7:
            if reader.key(key, equals: "content") { return .content }
            if reader.key(key, equals: "channel") { return .channel }
            if reader.key(key, equals: "receipt") { return .receipt }
            return reader.key(key, equals: "history") ? .history : nil
        case 8:
            if reader.key(key, equals: "reply_to") { return .replyTo }
            if reader.key(key, equals: "channels") { return .channels }
            return reader.key(key, equals: "mentions") ? .mentions : nil
        case 9:
            if reader.key(key, equals: "client_id") { return .clientID }
            return reader.key(key, equals: "highlight") ? .highlight : nil
        case 10:
            if reader.key(key, equals: "message_id") { return .messageID }
            return reader.key(key, equals: "invitation") ? .invitation : nil
        case 11: return reader.key(key, equals: "document_id") ? .documentID : nil
        case 15: return reader.key(key, equals: "min_interval_ms") ? .minInterval : nil
        default: return nil
        }
    }

    private mutating func read(_ name: Name, _ reader: inout JSONReader) throws(JSONError) {
        let kind = try reader.peek()
        // An absent member and a null one are the same.
        if kind == .null, name != .data { return _ = try reader.readNull() }
        switch (name, kind) {
        case (.type, .string): type = try reader.readString()
        case (.id, .string): id = try reader.readString()
        case (.data, _): data = try reader.skipValue()
        case (.highlight, .object): highlight = try reader.skipValue()
        case (.since, .object): try readSince(&reader)
        case (.receipt, .bool): receipt = try reader.readBool()
        case (.batch, .bool): batch = try reader.readBool()
        case (.fields, .array): fields = try readStrings(&reader, name)
        case (.channels, .array): channels = try readStrings(&reader, name)
        case (.mentions, .array): mentions = try readStrings(&reader, name)
        case (.history, .number), (.limit, .number), (.before, .number), (.after, .number),
            (.around, .number), (.seq, .number), (.minInterval, .number):
            try readInteger(name, &reader)
        case (.type, _), (.id, _), (.highlight, _), (.since, _), (.channels, _), (.mentions, _),
            (.history, _), (.receipt, _), (.limit, _), (.before, _), (.after, _), (.around, _), (.seq, _),
            (.minInterval, _), (.batch, _), (.fields, _):
            try reject(name, &reader)
        case (_, .string):
            let text = try reader.readString()
            strings[Int(name.rawValue)] = text
            note(text, name)
        default: try reject(name, &reader)
        }
    }

    /// Notes a text that no store could hold.
    private mutating func note(_ text: String, _ name: Name) {
        if wrong == nil, TextRules.hasNUL(text) { wrong = .hasNUL(name.text) }
    }

    private mutating func readInteger(_ name: Name, _ reader: inout JSONReader) throws(JSONError) {
        if let number = try CommandFields.wholeNumber(&reader) {
            integers[Int(name.rawValue - Name.history.rawValue)] = number
        } else if wrong == nil {
            wrong = CommandFields.wrongType(name)
        }
    }

    /// Reads a number; nil for one that is no whole number of 64 bits.
    private static func wholeNumber(_ reader: inout JSONReader) throws(JSONError) -> Int64? {
        var probe = reader
        do throws(JSONError) {
            let number = try probe.readInt()
            reader = probe
            return number
        } catch {
            guard error.reason == .notAnInteger || error.reason == .outOfRange else { throw error }
            _ = try reader.skipValue()
            return nil
        }
    }

    static let wrongPosition = ClientError.invalid(
        "since", "The field \"since\" must have an \"epoch\" and a \"seq\".")

    private static func wrongType(_ name: Name) -> ClientError {
        .invalid(name.text, "The field \"\(name.text)\" has the wrong type.")
    }

    private mutating func reject(_ name: Name, _ reader: inout JSONReader) throws(JSONError) {
        _ = try reader.skipValue()
        if wrong == nil { wrong = CommandFields.wrongType(name) }
    }

    private mutating func readStrings(
        _ reader: inout JSONReader, _ name: Name
    ) throws(JSONError) -> [String]? {
        var list: [String] = []
        var isRight = true
        try reader.beginArray()
        while try reader.nextElement() {
            if try reader.peek() == .string {
                let text = try reader.readString()
                list.append(text)
                note(text, name)
            } else {
                _ = try reader.skipValue()
                isRight = false
            }
        }
        guard !isRight else { return list }
        if wrong == nil {
            wrong = .invalid(name.text, "The field \"\(name.text)\" must be a list of strings.")
        }
        return nil
    }

    /// A room's `since` is a position, a subscription's is an object of positions.
    private mutating func readSince(_ reader: inout JSONReader) throws(JSONError) {
        var epoch: String?
        var offset: Int64?
        var byChannel: [String: StreamPosition] = [:]
        var isEmpty = true
        try reader.beginObject()
        while let key = try reader.nextKey() {
            isEmpty = false
            switch try reader.peek() {
            case .string where reader.key(key, equals: "epoch"): epoch = try reader.readString()
            case .number where reader.key(key, equals: "seq") || reader.key(key, equals: "offset"):
                offset = try CommandFields.wholeNumber(&reader)
            case .object:
                let channel = reader.string(of: key)
                if let position = try readPosition(&reader) { byChannel[channel] = position }
            default: _ = try reader.skipValue()
            }
        }
        if let epoch, let offset, offset >= 0 {
            since = StreamPosition(epoch: epoch, offset: offset)
        } else if !byChannel.isEmpty {
            sinceByChannel = byChannel
        } else if wrong == nil, !isEmpty {
            wrong = CommandFields.wrongPosition
        }
        sinceIsEmpty = isEmpty
    }

    private func readPosition(_ reader: inout JSONReader) throws(JSONError) -> StreamPosition? {
        var epoch: String?
        var offset: Int64?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch try reader.peek() {
            case .string where reader.key(key, equals: "epoch"): epoch = try reader.readString()
            case .number where reader.key(key, equals: "offset"):
                offset = try CommandFields.wholeNumber(&reader)
            default: _ = try reader.skipValue()
            }
        }
        guard let epoch, let offset, offset >= 0 else { return nil }
        return StreamPosition(epoch: epoch, offset: offset)
    }
}
