import Bytes
import ClientProtocol
import Identity
import JSON
import PubSub
import Reactor
import Storage

extension RoomHome {
    // MARK: Arriving

    /// Makes the person present; who was not is announced before the newcomer gets pushes of their own.
    func arrive(_ request: JoinRequest, _ stored: Role) -> Person {
        let connection = PersonConnection(
            handle: request.handle, isDeflating: request.isDeflating,
            granted: RoomAccess.granted(request.principal, id))
        if let person = people[request.principal.user] {
            users[request.handle] = person
            shard.loop.cancelTimer(&person.grace)
            let before = person.role
            person.stored = stored
            person.connections.append(connection)
            person.author = request.author
            takeGrants(of: person, before: before)
            noteBack()
            return person
        }
        let person = Person(self, author: request.author, stored: stored)
        users[request.handle] = person
        person.connections.append(connection)
        people[request.principal.user] = person
        takeGrants(of: person)
        shard.counters.people += 1
        mentions.add(user: request.principal.user, name: request.principal.name)
        members.insert(request.principal.user)
        enter(person)
        // Who was present elsewhere stays present.
        if link?.elsewhere.removeValue(forKey: request.principal.user) == nil {
            announce(person.author, isHere: true)
        }
        if people.count == 1 { noteOccupied() }
        return person
    }

    // MARK: Leaving

    /// A connection leaves on its client's wish: on the person's last one, presence ends at once.
    func leave(_ handle: SubscriberHandle, _ reply: ReplyTarget) {
        abandonJoin(of: handle)
        guard let person = detach(handle, .requested) else {
            return reply.refuse(
                ClientError(.notJoined, "This connection is not in the room.", field: "room"),
                over: shard.context.hub)
        }
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "left")
        if let id = reply.id { writer.field("id", id) }
        writer.field("room", id)
        writer.endObject()
        let last = reply.id == nil ? nil : SharedFrame(writer.span)
        shard.context.hub.post(.unsubscribe(handle, channel: id, last: nil, cause: .requested), to: handle)
        if let last { shard.context.hub.reply(last, id: reply.id, to: handle) }
        if person.connections.isEmpty { depart(person) } else { takeGrants(of: person, before: person.role) }
    }

    /// A connection is gone without a word: the person stays for the grace.
    func gone(_ handle: SubscriberHandle) {
        abandonJoin(of: handle)
        guard let person = detach(handle, .gone) else { return }
        guard person.connections.isEmpty else { return takeGrants(of: person, before: person.role) }
        noteCut(person.author.id)
        let grace = shard.context.settings.graceMilliseconds
        guard grace > 0 else { return depart(person) }
        person.grace = shard.loop.startTimer(after: grace, kind: Person.Timer.grace.rawValue, target: person)
    }

    private func abandonJoin(of handle: SubscriberHandle) {
        for (ticket, join) in joins where join.request.handle == handle { endJoin(ticket) }
    }

    private func detach(_ handle: SubscriberHandle, _ departure: RoomCounters.Departure) -> Person? {
        guard let person = users.removeValue(forKey: handle) else { return nil }
        shard.counters.leaves[departure, default: 0] += 1
        let isDeflating = person.connections.remove { $0.handle == handle }?.isDeflating ?? false
        audience.remove(handle, isDeflating: isDeflating)
        return person
    }

    /// The person is not here any more.
    func depart(_ person: Person) {
        guard people.removeValue(forKey: person.author.id) != nil else { return }
        shard.counters.people -= 1
        shard.context.grants.note(nil, room: id, user: person.author.id)
        shard.loop.cancelTimer(&person.grace)
        if person.typing != .none {
            shard.loop.cancelTimer(&person.typing)
            announceTyping(person, isTyping: false)
        }
        leaveSeat(person)
        if leaveLedger(person) {
            noteCut(person.author.id)
        } else {
            announce(person.author, isHere: false)
            noteGone(person.author.id)
        }
        noteVacancy()
        idleSince = shard.loop.now
        shard.saw(LastSeen(room: id, user: person.author.id, at: .now()))
    }

    /// Takes a person out of the room, with all their connections.
    func evict(_ user: String, isBan: Bool, reason: String?) {
        let frame = RoomPush.removed(room: id, reason: isBan ? "banned" : "kicked", details: reason)
        takeOut(user, frame, isBan ? .banned : .removed, endsMembership: true)
    }

    /// Takes a person out of the room; who was on the way in is judged anew.
    func takeOut(
        _ user: String, _ frame: SharedFrame, _ cause: UnsubscribeCause, endsMembership: Bool
    ) {
        generation += 1
        if endsMembership { members.remove(user) }
        guard let person = people[user] else { return }
        for handle in person.connections.map(\.handle) {
            _ = detach(handle, .removed)
            shard.context.hub.post(
                .unsubscribe(handle, channel: id, last: frame, cause: cause), to: handle)
        }
        depart(person)
    }

    /// Lets go of the last events: some of them are not as they were.
    func forgetEvents() {
        guard let ring else { return }
        shard.counters.ringBytes -= ring.bytes
        self.ring?.removeAll()
    }

    /// The room is archived: everybody leaves.
    func evictAll() {
        let frame = RoomPush.removed(room: id, reason: "archived", details: nil)
        for person in Array(people.values) {
            for handle in person.connections.map(\.handle) {
                _ = detach(handle, .removed)
                shard.context.hub.post(
                    .unsubscribe(handle, channel: id, last: frame, cause: .removed), to: handle)
            }
            people[person.author.id] = nil
            leaveSeat(person)
            shard.broker?.ledger.depart(person.author.id, from: id)
            shard.context.grants.note(nil, room: id, user: person.author.id)
            shard.counters.people -= 1
            shard.loop.cancelTimer(&person.grace)
            shard.loop.cancelTimer(&person.typing)
        }
        noteVacancy()
    }

    /// A member's role has changed; it counts at once.
    ///
    /// A moderator who becomes a member takes a seat also where none is free: nobody else gets one until there is.
    func promote(_ user: String, _ role: Role) {
        generation += 1
        guard let person = people[user] else {
            // Who is at another process: those here see it too.
            if let author = link?.elsewhere[user]?.author { announceRole(author, role) }
            return
        }
        person.stored = role
        reseat(person)
        announceRole(person.author, person.role)
    }

    func announceRole(_ author: Author, _ role: Role) {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("type", "role_updated")
        writer.field("room", id)
        writer.person("user", author)
        writer.field("role", role.rawValue)
        writer.endObject()
        broadcast(SharedFrame(writer.span))
    }

    /// A member goes by another name: those here see it, and texts that mention it find them.
    func rename(_ author: Author) {
        for join in joins.values where join.request.principal.user == author.id {
            join.request.principal = join.request.principal.named(author.name)
        }
        people[author.id]?.author.name = author.name
        link?.elsewhere[author.id]?.author.name = author.name
        mentions.add(user: author.id, name: author.name)
        broadcast(RoomPush.renamed(room: id, author))
    }

    // MARK: Announcing

    /// Tells the room of an arrival or departure: by a message in small rooms, in the next diff in large ones.
    func announce(_ author: Author, isHere: Bool) {
        let settings = shard.context.settings
        guard presentCount > settings.announcedPeople || diffTimer != .none else {
            return broadcast(
                RoomPush.presence(room: id, author, isHere: isHere, count: presentCount, at: .now()))
        }
        presenceDiff.note(author, isHere: isHere)
        if diffTimer == .none {
            diffTimer = shard.loop.startTimer(
                after: settings.diffMilliseconds, kind: Timer.diff.rawValue, target: self)
        }
    }

    func announceDiff() {
        let (joined, left) = presenceDiff.take()
        guard !joined.isEmpty || !left.isEmpty else { return }
        broadcast(RoomPush.presenceDiff(room: id, joined: joined, left: left, count: presentCount))
    }

    /// Answers who is here, by pages in the order of ids.
    func answerPresence(cursor: String?, limit: Int, _ reply: ReplyTarget) {
        if case .socket(let handle, _) = reply, users[handle] == nil {
            let error = ClientError(.notJoined, "Join the room first.", field: "room")
            return reply.refuse(error, over: shard.context.hub)
        }
        let writer = presenceState(id: reply.id, cursor: cursor, limit: limit)
        reply.answer(writer.finish(), over: shard.context.hub)
    }

    /// Sends a reader that lagged the state in place of the diffs that it missed.
    func refreshPresence(_ handle: SubscriberHandle) {
        guard users[handle] != nil else { return }
        // Essential: it stands for all that was left out, and nothing would make up for it.
        send(SharedFrame(presenceState(id: nil, cursor: nil, limit: 100).span), to: handle)
    }

    private func presenceState(id requestID: String?, cursor: String?, limit: Int) -> JSONWriter {
        presenceDiff.listed()
        let ordered = presentIDs.sorted()
        let start = cursor.map { cursor in ordered.firstIndex { $0 > cursor } ?? ordered.count } ?? 0
        let page = ordered[start...].prefix(limit)
        var writer = JSONWriter(capacity: 64 + page.count * 48)
        writer.beginObject()
        writer.field("type", "presence_state")
        if let requestID { writer.field("id", requestID) }
        writer.field("room", id)
        writer.people("people", page.compactMap { presentAuthor($0) })
        writer.field("people_count", presentCount)
        writer.optional("cursor", start + page.count < ordered.count ? page.last : nil)
        writer.endObject()
        return writer
    }

    // MARK: Reading

    /// Tells the room how far somebody here has read, where it is a room that wants to know.
    func read(_ author: Author, seq: Int64) {
        noteRead(author.id, upTo: seq)
        guard record?.readReceipts == true, presentAuthor(author.id) != nil else { return }
        if let person = people[author.id] {
            guard person.readAnnounced < seq else { return }
            person.readAnnounced = seq
        } else if let other = link?.elsewhere[author.id] {
            guard other.readAnnounced < seq else { return }
            link?.elsewhere[author.id]?.readAnnounced = seq
        }
        broadcast(RoomPush.read(room: id, author, seq: seq))
    }
}
