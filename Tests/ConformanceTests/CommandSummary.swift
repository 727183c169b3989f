import ClientProtocol
import JSON

/// A decoded request in the words of the command vectors: every field with its default filled in.
func summary(_ command: Command) -> JSONValue {
    var members: [JSONMember] = []
    func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name, value)) }
    func add(_ name: String, _ text: String?) { add(name, text.map { .string($0) } ?? .null) }
    func add(_ name: String, _ number: Int) { add(name, .integer(Int64(number))) }
    add("type", typeName(command.body))
    add("id", command.id)
    if let room = command.room { add("room", room) }
    switch command.body {
    case .auth(let token): add("token", token)
    case .ping, .leave, .typing: break
    case .join(_, let since, let history, let invitation, let asset):
        add("since", since.map { position($0, "seq") } ?? .null)
        add("history", history)
        add("invitation", invitation)
        if let asset { add("asset", asset) }
    case .post(_, let draft): members += draftMembers(draft)
    case .edit(_, let message, let content):
        add("message_id", message)
        add("content", content)
    case .delete(_, let message), .pin(_, let message, _): add("message_id", message)
    case .react(_, let message, let emoji, _):
        add("message_id", message)
        add("emoji", emoji)
    case .readMarker(_, let seq): add("seq", .integer(seq))
    case .presence(_, let cursor, let limit):
        add("cursor", cursor)
        add("limit", limit)
    case .history(_, let request):
        switch request.anchor {
        case .latest: break
        case .before(let seq): add("before", .integer(seq))
        case .after(let seq): add("after", .integer(seq))
        case .around(let seq): add("around", .integer(seq))
        }
        add("limit", request.limit)
        add("thread", request.thread)
    case .search(_, let query, let limit, let before):
        add("query", query)
        add("limit", limit)
        add("before", before.map { .integer($0) } ?? .null)
    case .subscribe(let channels, let since, let pace):
        add("channels", .array(channels.map { .string($0) }))
        if pace != .direct {
            add("min_interval_ms", .integer(pace.intervalMilliseconds))
            add("batch", .bool(pace.isBatched))
            add("fields", pace.fields.map { .array($0.map { .string($0) }) } ?? .null)
        }
        add("since", .object(since.map { JSONMember($0.key, position($0.value, "offset")) }))
    case .unsubscribe(let channels): add("channels", .array(channels.map { .string($0) }))
    case .publish(let channel, let data, let clientID):
        add("channel", channel)
        add("data", String(decoding: data, as: UTF8.self))
        add("client_id", clientID)
    }
    return sorted(.object(members))
}

private func position(_ position: StreamPosition, _ name: String) -> JSONValue {
    .object([JSONMember("epoch", .string(position.epoch)), JSONMember(name, .integer(position.offset))])
}

private func draftMembers(_ draft: MessageDraft) -> [JSONMember] {
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    let highlight = draft.highlight.flatMap { try? JSONValue(parsing: $0) }
    let mentions = draft.mentions.map { JSONValue.array($0.map { .string($0) }) }
    return [
        JSONMember("content", .string(draft.content)), JSONMember("client_id", text(draft.clientID)),
        JSONMember("reply_to", text(draft.replyTo)), JSONMember("mentions", mentions ?? .null),
        JSONMember("document_id", text(draft.documentID)), JSONMember("highlight", highlight ?? .null),
    ] + (draft.wantsReceipt ? [JSONMember("receipt", .bool(true))] : [])
}

private func typeName(_ body: Command.Body) -> String {
    switch body {
    case .auth: "auth"
    case .ping: "ping"
    case .join: "join"
    case .leave: "leave"
    case .post(_, let draft):
        switch draft.kind {
        case .text: "chat_message"
        case .documentShare: "document_share"
        case .highlight: "highlight_create"
        }
    case .edit: "message_edit"
    case .delete: "message_delete"
    case .pin(_, _, let isPinned): isPinned ? "message_pin" : "message_unpin"
    case .react(_, _, _, let isAdded): isAdded ? "reaction_add" : "reaction_remove"
    case .typing(_, let isTyping): isTyping ? "typing_start" : "typing_stop"
    case .readMarker: "read_marker"
    case .presence: "presence"
    case .history: "history"
    case .search: "search"
    case .subscribe: "subscribe"
    case .unsubscribe: "unsubscribe"
    case .publish: "publish"
    }
}

/// The same value with all members in the order of their names, to compare.
func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): .array(items.map(sorted))
    case .object(let members):
        .object(members.map { JSONMember($0.name, sorted($0.value)) }.sorted { $0.name < $1.name })
    default: value
    }
}
