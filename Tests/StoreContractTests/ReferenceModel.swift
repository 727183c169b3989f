import Bytes
import Storage

/// A room as the contract describes it, in a few arrays: what the store must agree with.
struct ReferenceModel {
    let room: String
    private(set) var seq: Int64 = 0
    private(set) var messages: [MessageRecord] = []
    private var originals: [String: MessageRecord] = [:]
    private var log: [StoredEvent] = []
    private var keys: [String: MessageRecord] = [:]
    private var reactors: [String: [(emoji: String, users: [String])]] = [:]

    init(room: String) { self.room = room }

    private mutating func append(_ request: AppendRequest, _ body: (Int64) -> StoredEvent.Body)
        -> AppendOutcome
    {
        seq += 1
        let event = StoredEvent(room: room, seq: seq, at: request.at, actor: request.actor, body: body(seq))
        log.append(event)
        return .appended(event)
    }

    mutating func apply(_ request: AppendRequest) -> AppendOutcome {
        switch request.act {
        case .message(let message): return send(message, request)
        case .edit(let id, let content, let mentions, let byModerator):
            guard let index = messages.firstIndex(where: { $0.id == id }) else {
                return .refused(.messageNotFound)
            }
            guard byModerator || messages[index].author.id == request.actor.id else {
                return .refused(.notAuthor)
            }
            if messages[index].deleted { return .refused(.messageDeleted) }
            if messages[index].content == content, messages[index].mentions == mentions {
                return .unchanged(seq: seq)
            }
            messages[index].content = content
            messages[index].mentions = mentions
            messages[index].editedAt = request.at
            return append(request) { _ in
                .updated(messageID: id, content: content, mentions: mentions, editedAt: request.at)
            }
        case .delete(let id, let byModerator): return delete(id, byModerator, request)
        case .pin(let id, let isPinned):
            guard let index = messages.firstIndex(where: { $0.id == id }) else {
                return .refused(.messageNotFound)
            }
            if messages[index].deleted { return .refused(.messageDeleted) }
            if messages[index].pinned == isPinned { return .unchanged(seq: seq) }
            messages[index].pinned = isPinned
            return append(request) { _ in .pinned(messageID: id, isPinned) }
        case .reaction(let id, let emoji, let added): return react(id, emoji, added, request)
        }
    }

    private mutating func send(_ message: NewMessage, _ request: AppendRequest) -> AppendOutcome {
        let key = message.clientID.map { request.actor.id + " " + $0 }
        if let key, let first = keys[key] {
            return .duplicate(seq: first.seq, messageID: first.id, at: first.at)
        }
        if let replyTo = message.replyTo {
            guard let root = root(of: replyTo) else { return .refused(.replyNotFound) }
            messages[root].replyCount += 1
        }
        let record = MessageRecord(message, seq: seq + 1, at: request.at, author: request.actor)
        messages.append(record)
        originals[message.id] = record
        if let key { keys[key] = record }
        return append(request) { _ in .message(record) }
    }

    private func root(of id: String) -> Int? {
        guard let index = messages.firstIndex(where: { $0.id == id }) else { return nil }
        guard let parent = messages[index].replyTo else { return index }
        return root(of: parent)
    }

    private mutating func delete(_ id: String, _ byModerator: Bool, _ request: AppendRequest) -> AppendOutcome
    {
        guard let index = messages.firstIndex(where: { $0.id == id }) else {
            return .refused(.messageNotFound)
        }
        guard byModerator || messages[index].author.id == request.actor.id else {
            return .refused(.notAuthor)
        }
        if messages[index].deleted { return .unchanged(seq: seq) }
        if messages[index].replyTo != nil, let root = root(of: id) { messages[root].replyCount -= 1 }
        messages[index].content = ""
        messages[index].mentions = []
        messages[index].deleted = true
        messages[index].pinned = false
        reactors[id] = nil
        return append(request) { _ in .deleted(messageID: id) }
    }

    private mutating func react(
        _ id: String, _ emoji: String, _ added: Bool, _ request: AppendRequest
    ) -> AppendOutcome {
        guard let index = messages.firstIndex(where: { $0.id == id }) else {
            return .refused(.messageNotFound)
        }
        if messages[index].deleted { return .refused(.messageDeleted) }
        var kinds = reactors[id] ?? []
        let kind = kinds.firstIndex { $0.emoji == emoji }
        let has = kind.map { kinds[$0].users.contains(request.actor.id) } ?? false
        if has == added { return .unchanged(seq: seq) }
        if !added, let kind {
            kinds[kind].users.removeAll { $0 == request.actor.id }
        } else if let kind {
            kinds[kind].users.append(request.actor.id)
        } else {
            if kinds.count == 3 { return .refused(.tooManyReactions) }
            kinds.append((emoji, [request.actor.id]))
        }
        let count = kinds.first { $0.emoji == emoji }?.users.count ?? 0
        reactors[id] = kinds.filter { !$0.users.isEmpty }
        return append(request) { _ in .reaction(messageID: id, emoji: emoji, added: added, count: count) }
    }

    /// The messages as they are.
    var history: [MessageRecord] {
        messages.map { message in
            var message = message
            message.reactions = (reactors[message.id] ?? []).map {
                ReactionSummary(emoji: $0.emoji, count: $0.users.count, users: $0.users.sorted())
            }
            return message
        }
    }

    /// The events as a replay tells them.
    var events: [StoredEvent] {
        let deleted = Set(messages.filter(\.deleted).map(\.id))
        return log.map { event in
            var event = event
            switch event.body {
            case .message(var message) where deleted.contains(message.id):
                message.content = ""
                message.mentions = []
                message.deleted = true
                event.body = .message(message)
            case .updated(let id, _, _, let at) where deleted.contains(id):
                event.body = .updated(messageID: id, content: nil, mentions: [], editedAt: at)
            default: break
            }
            return event
        }
    }

    func unread(_ user: String, after readSeq: Int64) -> Unread {
        let others = messages.filter { $0.seq > readSeq && !$0.deleted && $0.author.id != user }
        return Unread(
            readSeq: readSeq, unread: others.count,
            mentions: others.filter { $0.mentions.contains(user) }.count)
    }
}

/// Random numbers that are the same for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
