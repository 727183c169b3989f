import Bytes
import JSON

/// Why a message is not a request.
public enum CommandError: Error, Equatable, Sendable {
    /// It is not one JSON object: the connection is closed with 4500.
    case notAnObject
    /// It gets an `error` with the request's id.
    case refused(ClientError, id: String?)
}

/// Decodes a client's messages.
public enum CommandDecoder {
    /// Decodes one message.
    ///
    /// - Parameters:
    ///   - message: The text message's bytes, valid UTF-8.
    ///   - room: The room that is meant where a request names none, as on `/ws/rooms/{room_id}`.
    public static func decode(_ message: Span<UInt8>, room: String? = nil) throws(CommandError) -> Command {
        let fields: CommandFields
        do throws(JSONError) {
            fields = try CommandFields(message)
        } catch {
            throw .notAnObject
        }
        let id = fields.id
        do throws(ClientError) {
            if let id, id.isEmpty || id.utf8.count > ProtocolLimits.idBytes {
                throw .invalid("id", "An id has 1 to \(ProtocolLimits.idBytes) bytes.")
            }
            let form = RequestForm(fields: consume fields, bytes: message, defaultRoom: room)
            return Command(id: id, body: try form.body())
        } catch {
            throw .refused(error, id: id.flatMap { $0.utf8.count > ProtocolLimits.idBytes ? nil : $0 })
        }
    }
}

/// A request's members on their way to a ``Command``: each getter checks presence and bounds.
struct RequestForm: ~Escapable {
    let fields: CommandFields
    let bytes: Span<UInt8>
    let defaultRoom: String?

    @_lifetime(copy bytes)
    init(fields: consuming CommandFields, bytes: Span<UInt8>, defaultRoom: String?) {
        self.fields = fields
        self.bytes = bytes
        self.defaultRoom = defaultRoom
    }

    func body() throws(ClientError) -> Command.Body {
        guard let text = fields.type else {
            if let wrong = fields.wrong { throw wrong }
            throw ClientError(.invalidMessage, "A message needs a \"type\".", field: "type")
        }
        guard let type = RequestType.byText[text] else {
            throw ClientError(
                .unknownType, "There is no request of the type \"\(text.prefix(64))\".", field: "type")
        }
        if let wrong = fields.wrong { throw wrong }
        return try body(of: type)
    }

    private func body(of type: RequestType) throws(ClientError) -> Command.Body {
        switch type {
        case .auth: .auth(token: try text(.token, 1...16_384))
        case .ping: .ping
        case .join:
            .join(
                room: try room(), since: try since(), history: try page(.history, 0, from: 0),
                invitation: try optional(.invitation), asset: try optional(.asset))
        case .leave: .leave(room: try room())
        case .chatMessage: .post(room: try room(), try draft(.text))
        case .documentShare: .post(room: try room(), try draft(.documentShare))
        case .highlightCreate: .post(room: try room(), try draft(.highlight))
        case .messageEdit: .edit(room: try room(), message: try message(), content: try content())
        case .messageDelete: .delete(room: try room(), message: try message())
        case .messagePin: .pin(room: try room(), message: try message(), isPinned: true)
        case .messageUnpin: .pin(room: try room(), message: try message(), isPinned: false)
        case .reactionAdd, .reactionRemove:
            .react(
                room: try room(), message: try message(), emoji: try emoji(isNew: type == .reactionAdd),
                isAdded: type == .reactionAdd)
        case .typingStart: .typing(room: try room(), isTyping: true)
        case .typingStop: .typing(room: try room(), isTyping: false)
        case .readMarker: .readMarker(room: try room(), seq: try required(.seq))
        case .presence:
            .presence(room: try room(), cursor: try optional(.cursor), limit: try page(.limit, 100))
        case .history: .history(room: try room(), try history())
        case .search:
            .search(
                room: try room(), query: try text(.query, 1...ProtocolLimits.queryBytes),
                limit: try page(.limit, 20), before: try position(.before))
        case .subscribe:
            .subscribe(channels: try channels(), since: fields.sinceByChannel, pace: try pace())
        case .unsubscribe: .unsubscribe(channels: try channels())
        case .publish: try publish()
        }
    }

    private func pace() throws(ClientError) -> DeliveryPace {
        let interval = fields.integer(.minInterval) ?? 0
        guard (0...ProtocolLimits.intervalMilliseconds).contains(interval) else {
            throw .invalid(
                "min_interval_ms", "An interval has 0 to \(ProtocolLimits.intervalMilliseconds) milliseconds."
            )
        }
        if let names = fields.fields {
            guard (1...ProtocolLimits.fields).contains(names.count),
                names.allSatisfy({ (1...ProtocolLimits.idBytes).contains($0.utf8.count) })
            else {
                throw .invalid(
                    "fields", "Name 1 to \(ProtocolLimits.fields) fields, each with 1 to 64 bytes.")
            }
        }
        return DeliveryPace(intervalMilliseconds: interval, isBatched: fields.batch, fields: fields.fields)
    }

    private func publish() throws(ClientError) -> Command.Body {
        guard let range = fields.data else { throw .invalid("data", "A publication needs \"data\".") }
        return .publish(
            channel: try text(.channel, 1...ProtocolLimits.channelBytes),
            data: [UInt8](bytes.extracting(range)),
            clientID: try optional(.clientID))
    }

    private func draft(_ kind: MessageDraft.Kind) throws(ClientError) -> MessageDraft {
        var draft = MessageDraft()
        draft.kind = kind
        draft.content =
            kind == .text ? try content() : try optional(.content, 0...ProtocolLimits.contentBytes) ?? ""
        draft.clientID = try optional(.clientID)
        draft.replyTo = try optional(.replyTo)
        draft.mentions = try mentions()
        draft.wantsReceipt = fields.receipt
        guard kind != .text else { return draft }
        draft.documentID = try text(.documentID, 1...ProtocolLimits.idBytes)
        guard kind == .highlight else { return draft }
        guard let range = fields.highlight else { throw .invalid("highlight", "A highlight is needed.") }
        guard range.count <= ProtocolLimits.highlightBytes else {
            throw .invalid("highlight", "A highlight has at most \(ProtocolLimits.highlightBytes) bytes.")
        }
        draft.highlight = String(utf8: bytes.extracting(range))
        if draft.highlight.map(RequestForm.escapesNUL) == true { throw .hasNUL("highlight") }
        return draft
    }

    /// Whether JSON has an escape of NUL in one of its strings.
    private static func escapesNUL(_ json: String) -> Bool {
        // A backslash takes the next character with it: two of them before `u0000` are a backslash and a word.
        var rest = json.utf8[...]
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            rest = rest[rest.index(after: backslash)...]
            if rest.starts(with: "u0000".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    private func history() throws(ClientError) -> HistoryRequest {
        let anchors: [HistoryRequest.Anchor] = [
            try position(.before).map { .before($0) }, try position(.after).map { .after($0) },
            try position(.around).map { .around($0) },
        ].compactMap { $0 }
        guard anchors.count <= 1 else {
            throw .invalid("before", "Only one of \"before\", \"after\" and \"around\" may be given.")
        }
        return HistoryRequest(
            anchor: anchors.first ?? .latest, limit: try page(.limit, 50), thread: try optional(.thread))
    }

    // MARK: Members

    private func room() throws(ClientError) -> String {
        guard let room = fields.text(.room) ?? defaultRoom else { throw .invalid("room", "Which room?") }
        guard room.utf8.count <= ProtocolLimits.idBytes else {
            throw .invalid("room", "An id has at most \(ProtocolLimits.idBytes) bytes.")
        }
        return room
    }

    private func since() throws(ClientError) -> StreamPosition? {
        guard !fields.sinceIsEmpty else { throw CommandFields.wrongPosition }
        return fields.since
    }

    private func message() throws(ClientError) -> String { try text(.messageID, 1...ProtocolLimits.idBytes) }

    /// A reaction; one that is there already can be taken back whatever it is.
    private func emoji(isNew: Bool) throws(ClientError) -> String {
        let emoji = try text(.emoji, 1...ProtocolLimits.emojiBytes)
        guard !isNew || TextRules.isReaction(emoji) else {
            throw .invalid("emoji", "A reaction is one emoji, or one word of letters, digits, _, - and +.")
        }
        return emoji
    }

    private func content() throws(ClientError) -> String {
        let content = try text(.content, 1...ProtocolLimits.contentBytes)
        guard content.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw .invalid("content", "The content is empty.")
        }
        return content
    }

    private func text(_ name: CommandFields.Name, _ bounds: ClosedRange<Int>) throws(ClientError) -> String {
        guard let text = fields.text(name) else {
            throw .invalid(name.text, "\"\(name.text)\" is missing.")
        }
        guard bounds.contains(text.utf8.count) else {
            throw .invalid(
                name.text, "\"\(name.text)\" has \(bounds.lowerBound) to \(bounds.upperBound) bytes.")
        }
        return text
    }

    private func optional(
        _ name: CommandFields.Name, _ bounds: ClosedRange<Int> = 1...ProtocolLimits.idBytes
    ) throws(ClientError) -> String? {
        guard fields.text(name) != nil else { return nil }
        return try text(name, bounds)
    }

    private func required(_ name: CommandFields.Name) throws(ClientError) -> Int64 {
        guard let value = try position(name) else {
            throw .invalid(name.text, "\"\(name.text)\" is missing.")
        }
        return value
    }

    private func position(_ name: CommandFields.Name) throws(ClientError) -> Int64? {
        guard let value = fields.integer(name) else { return nil }
        guard value >= 0 else { throw .invalid(name.text, "\"\(name.text)\" is not negative.") }
        return value
    }

    private func page(
        _ name: CommandFields.Name, _ usual: Int, from least: Int64 = 1
    ) throws(ClientError) -> Int {
        guard let value = fields.integer(name) else { return usual }
        guard value >= least, value <= Int64(ProtocolLimits.pageRows) else {
            throw .invalid(name.text, "\"\(name.text)\" is \(least) to \(ProtocolLimits.pageRows).")
        }
        return Int(value)
    }

    private func channels() throws(ClientError) -> [String] {
        guard let channels = fields.channels, !channels.isEmpty else {
            throw .invalid("channels", "\"channels\" is a list of at least one channel.")
        }
        guard channels.allSatisfy({ !$0.isEmpty }) else {
            throw .invalid("channels", "A channel has a name, as price:BTC-USD.")
        }
        guard channels.count <= ProtocolLimits.channelsPerRequest,
            channels.allSatisfy({ $0.utf8.count <= ProtocolLimits.channelBytes })
        else {
            throw .invalid(
                "channels",
                "At most \(ProtocolLimits.channelsPerRequest) channels with names of at most "
                    + "\(ProtocolLimits.channelBytes) bytes.")
        }
        return channels
    }

    private func mentions() throws(ClientError) -> [String]? {
        guard let mentions = fields.mentions else { return nil }
        guard mentions.count <= ProtocolLimits.mentions,
            mentions.allSatisfy({ (1...ProtocolLimits.idBytes).contains($0.utf8.count) })
        else { throw .invalid("mentions", "At most \(ProtocolLimits.mentions) ids of people.") }
        return mentions
    }
}
