import Bytes
import ClientProtocol
import JSON
import PubSub
import Reactor
import Storage

extension RoomHome {
    /// Checks a person's right to an act and hands it to the store.
    func perform(_ act: RoomAct) {
        let standing: (role: Role, record: RoomRecord)
        do throws(ClientError) {
            standing = try self.standing(of: act)
            try check(act, standing.role, standing.record)
        } catch {
            return act.reply.refuse(error, over: shard.context.hub)
        }
        let ticket = shard.nextTicket()
        var request = AppendRequest(
            tenant: standing.record.tenant, room: id, actor: author(of: act), act: stored(act, standing.role),
            ticket: ticket)
        request.isRecorded = true
        request.slowModeMilliseconds = slowMode(of: act, standing.role, standing.record)
        guard shard.context.log.append(request) else {
            lastPosts[act.author.id] = nil
            let error = ClientError(
                .unavailable, "Too many messages wait for the store. Try again.", retryAfter: 1000)
            return act.reply.refuse(error, over: shard.context.hub)
        }
        appendsPending += 1
        if request.slowModeMilliseconds > 0 { slowPosts[ticket] = act.author.id }
        shard.expect(ticket, act.reply)
        if case .post(let draft) = act.deed, draft.wantsReceipt {
            wantReceipt(ticket, act.author.id, standing.record)
        }
        stopTyping(act)
    }

    /// Whose act it is, by the name that the room knows: a token may say an older one.
    private func author(of act: RoomAct) -> Author {
        act.standing == nil ? people[act.author.id]?.author ?? act.author : act.author
    }

    private func standing(of act: RoomAct) throws(ClientError) -> (Role, RoomRecord) {
        if let standing = act.standing {
            adopt(standing.room)
            let stored = people[act.author.id]?.stored
            let role = stored.map { RoomAccess.effective($0, standing.granted) } ?? standing.role
            return (role, record ?? standing.room)
        }
        guard case .socket(let handle, _) = act.reply, let person = users[handle],
            let record
        else { throw ClientError(.notJoined, "Join the room first.", field: "room") }
        return (person.role, record)
    }

    private func check(_ act: RoomAct, _ role: Role, _ record: RoomRecord) throws(ClientError) {
        guard record.active else { throw ClientError(.roomArchived, "This room is archived.", field: "room") }
        switch act.deed {
        case .post(let draft):
            try slowDown(act.author.id, draft.clientID, role, record)
        case .pin:
            guard role != .member else { throw ClientError(.forbidden, "Only moderators pin messages.") }
        case .edit, .delete, .react:
            break
        }
    }

    private func stored(_ act: RoomAct, _ role: Role) -> Act {
        let isModerator = role != .member
        switch act.deed {
        case .post(let draft):
            let type: MessageType =
                switch draft.kind {
                case .text: .text
                case .documentShare: .documentShare
                case .highlight: .highlight
                }
            return .message(
                NewMessage(
                    id: Identifier.uuid(), type: type, content: draft.content, replyTo: draft.replyTo,
                    mentions: draft.mentions ?? mentions.mentions(in: draft.content),
                    clientID: draft.clientID,
                    documentID: draft.documentID, highlight: draft.highlight))
        case .edit(let message, let content):
            return .edit(
                messageID: message, content: content, mentions: mentions.mentions(in: content),
                byModerator: false)
        case .delete(let message):
            return .delete(messageID: message, byModerator: isModerator)
        case .pin(let message, let isPinned):
            return .pin(messageID: message, isPinned)
        case .react(let message, let emoji, let isAdded):
            return .reaction(messageID: message, emoji: emoji, added: isAdded)
        }
    }

    /// Who posts does not type any more.
    private func stopTyping(_ act: RoomAct) {
        guard case .post = act.deed, let person = people[act.author.id], person.typing != .none else {
            return
        }
        shard.loop.cancelTimer(&person.typing)
        announceTyping(person, isTyping: false)
    }

    // MARK: After the commit

    /// An append has come back from the store: answers its sender, and tells the room what is durable now.
    func complete(_ result: AppendResult, _ reply: ReplyTarget?) {
        if reply != nil { appendsPending -= 1 }
        idleSince = shard.loop.now
        settleSlowMode(result)
        let mayGetReceipt = expectReceipt(result)
        switch result.outcome {
        case .appended(let event):
            reply.map { acknowledge(event, $0, receipt: mayGetReceipt) }
            publish(event)
            if let receipts { beginRound(receipts) }
        case .duplicate(let seq, let message, let at):
            reply.map { acknowledge($0, message: message, seq: seq, at: at, isDuplicate: true) }
        case .unchanged(let seq):
            reply.map { acknowledge($0, message: nil, seq: seq, at: nil, isDuplicate: true) }
        case .refused(let refusal):
            reply?.refuse(RoomHome.error(refusal), over: shard.context.hub)
        case .failed(let error):
            reply?.refuse(error.clientError, over: shard.context.hub)
        }
    }

    private func publish(_ event: StoredEvent) {
        let payload = RoomPush.event(event)
        if let link {
            let isOut = shard.broker?.publish(payload.span, to: link.channels[0]) ?? false
            link.published = max(link.published, event.seq)
            if !isOut { link.isBehind = true }
            if event.isOfDocument { shard.broker?.publish(payload.span, to: link.channels[1]) }
            if event.isMessage { messageSaid() }
            // Nobody of this room is here, so its order is not followed.
            guard link.isOpen else { return }
        }
        if ring == nil { beginRing(after: event.seq - 1) }
        // A join's reading may have been ahead of this letter; its members have the event from there.
        guard event.seq > ring?.head ?? 0 else { return }
        admit(event.seq, frame(payload.span), isMessage: event.isMessage)
    }

    /// A payload as a frame for those who are here.
    func frame(_ payload: Span<UInt8>) -> SharedFrame {
        SharedFrame(payload, deflater: audience.wantsDeflated ? shard.deflater : nil)
    }

    /// Sends the room its next event.
    func deliver(_ frame: SharedFrame, isMessage: Bool) {
        let held = ring?.bytes ?? 0
        ring?.append(frame)
        shard.counters.ringBytes += (ring?.bytes ?? 0) - held
        broadcast(frame)
        if let receipts { beginRound(receipts) }
        proceedWaiting()
        if isMessage { messageArrived() }
    }

    private func acknowledge(_ event: StoredEvent, _ reply: ReplyTarget, receipt: Bool?) {
        let message: String =
            switch event.body {
            case .message(let message): message.id
            case .updated(let id, _, _, _), .deleted(let id), .pinned(let id, _), .reaction(let id, _, _, _):
                id
            }
        acknowledge(
            reply, message: message, seq: event.seq, at: event.at, isDuplicate: false, receipt: receipt)
    }

    private func acknowledge(
        _ reply: ReplyTarget, message: String?, seq: Int64, at: Timestamp?, isDuplicate: Bool,
        receipt: Bool? = nil
    ) {
        if case .socket(_, nil) = reply { return }
        var writer = JSONWriter(capacity: 192)
        writer.beginObject()
        writer.field("type", "ack")
        if let id = reply.id { writer.field("id", id) }
        writer.field("room", id)
        if let message { writer.field("message_id", message) }
        writer.field("seq", seq)
        if let at { writer.field("at", at.milliseconds) }
        if isDuplicate { writer.field("duplicate", true) }
        if let receipt { writer.field("receipt", receipt) }
        writer.endObject()
        reply.answer(writer.finish(), over: shard.context.hub)
    }

    private static func error(_ refusal: AppendRefusal) -> ClientError {
        switch refusal {
        case .roomNotFound: RoomAccess.roomNotFound
        case .roomArchived: ClientError(.roomArchived, "This room is archived.", field: "room")
        case .messageNotFound:
            ClientError(.messageNotFound, "There is no such message in this room.", field: "message_id")
        case .replyNotFound:
            ClientError(
                .messageNotFound, "The message that this one answers is not there.", field: "reply_to")
        case .slowMode(let wait): slowMode(wait)
        case .notAuthor: ClientError(.forbidden, "That is another person's message.")
        case .messageDeleted: ClientError(.messageNotFound, "This message was deleted.", field: "message_id")
        case .tooManyReactions:
            ClientError(.conflict, "This message has as many different reactions as fit.", field: "emoji")
        }
    }

    // MARK: Members who are not here

    /// Tells members who are connected but not in this room that there is something unread, at most once a second.
    private func messageArrived() {
        guard members.count > people.count else { return }
        guard unreadTimer == .none else { return unreadIsDue = true }
        tellAbsent()
        unreadTimer = shard.loop.startTimer(after: 1000, kind: Timer.unread.rawValue, target: self)
    }

    func tellAbsent() {
        unreadIsDue = false
        let absent = members.filter { presentAuthor($0) == nil }
        guard !absent.isEmpty else { return }
        RoomHome.tell(Array(absent), of: id, record, shard.context)
    }

    /// Something was said here, at this process: the others are told at most once a second, and so are members who are
    /// connected here where nobody is in the room.
    func messageSaid() {
        guard saidTimer == .none else { return saidIsDue = true }
        tellOfMessage()
        saidTimer = shard.loop.startTimer(after: 1000, kind: Timer.said.rawValue, target: self)
    }

    func tellOfMessage() {
        saidIsDue = false
        shard.shareSaid(id)
        if audience.isEmpty { RoomHome.tellMembers(of: id, shard.context) }
    }

    /// Tells a room's members who are connected here that there is something unread.
    static func tellMembers(of room: String, _ context: RoomContext) {
        Task {
            guard let page = try? await context.rooms.members(room, limit: MentionFinder.memberLimit) else {
                return
            }
            tell(page.items.map(\.user), of: room, nil, context)
        }
    }

    private static func tell(
        _ absent: [String], of room: String, _ known: RoomRecord?, _ context: RoomContext
    ) {
        context.topics.post(
            .online(absent) { users in
                guard !users.isEmpty else { return }
                Task {
                    var record = known
                    if record == nil { record = try? await context.rooms.room(room) }
                    guard let record else { return }
                    for user in users { await tell(user, of: record, context) }
                }
            })
    }

    private static func tell(_ user: String, of room: RoomRecord, _ context: RoomContext) async {
        guard await mayHear(user, of: room, context),
            let unread = try? await context.messages.unread(room: room.id, user: user)
        else { return }
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("room", room.id)
        writer.field("unread", unread.unread)
        writer.field("mentions", unread.mentions)
        writer.endObject()
        context.notifyHere(user, "unread_updated", writer)
    }

    /// Whether somebody who is not in the room may be told that something was said in it.
    private static func mayHear(_ user: String, of room: RoomRecord, _ context: RoomContext) async -> Bool {
        guard room.isGated else { return true }
        let role = try? await context.rooms.role(room.id, user: user)
        return await GateService.shows(room, to: user, role, context)
    }
}
