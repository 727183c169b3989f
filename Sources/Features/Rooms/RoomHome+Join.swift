import Bytes
import ClientProtocol
import Identity
import JSON
import PubSub
import Reactor
import Storage

extension RoomHome {
    private static let attemptLimit = 8

    /// Begins a join: reads all that it needs in one round.
    func join(_ request: JoinRequest) {
        let isJoining = joins.values.contains { $0.request.handle == request.handle }
        guard users[request.handle] == nil, !isJoining else {
            let error = ClientError(.alreadyJoined, "This connection is in the room already.", field: "room")
            return refuse(request, error)
        }
        let ticket = shard.nextTicket()
        joins[ticket] = PendingJoin(request, generation: generation)
        // The others are listened to before the store is read, so that nothing falls between.
        if let link { openLink(link) }
        if link?.state != .opening { read(ticket) }
    }

    func read(_ ticket: UInt64) {
        guard let join = joins[ticket] else { return }
        join.isRead = true
        let request = join.request
        let since = request.since.map { ReplayPosition(epoch: $0.epoch, seq: $0.offset) }
        shard.desk.read(
            ticket,
            JoinViewRequest(
                room: id, user: request.principal.user, history: request.history, after: since))
    }

    private func readAgain(_ ticket: UInt64) {
        guard let join = joins[ticket] else { return }
        guard join.attempts < RoomHome.attemptLimit else {
            return give(
                up: ticket, ClientError(.unavailable, "The room is too busy. Try again.", retryAfter: 500))
        }
        join.attempts += 1
        join.generation = generation
        join.view = nil
        join.isCleared = false
        read(ticket)
    }

    func give(up ticket: UInt64, _ error: ClientError) {
        guard let join = endJoin(ticket) else { return }
        refuse(join.request, error)
    }

    /// A join has its answer, or nobody waits for one.
    @discardableResult
    func endJoin(_ ticket: UInt64) -> PendingJoin? {
        let join = joins.removeValue(forKey: ticket)
        // A table that has held a crowd's joins is given back.
        if joins.isEmpty { joins = [:] }
        switch join?.claim {
        case .held: if let join { release(join.request.principal.user) }
        case .spare: shard.broker?.ledger.returnSpare(in: id)
        default: break
        }
        return join
    }

    private func refuse(_ request: JoinRequest, _ error: ClientError) {
        let frame = SharedFrame(error.encoded(id: request.id).span)
        shard.context.hub.errors.count(error.code)
        shard.context.hub.post(.refuse(request.handle, channel: id, frame), to: request.handle)
    }

    /// The store has been read.
    func viewed(_ ticket: UInt64, _ result: Result<JoinView?, StorageError>) {
        guard let join = joins[ticket] else { return }
        switch result {
        case .failure(let error): give(up: ticket, error.clientError)
        case .success(nil): give(up: ticket, RoomAccess.roomNotFound)
        case .success(.some(let view)):
            // Somebody was banned, promoted or the settings changed meanwhile: what was read may be old.
            guard join.generation == generation else { return readAgain(ticket) }
            adopt(view.room)
            if ring == nil { beginRing(after: view.room.seq) }
            join.view = view
            proceed(ticket)
        }
    }

    /// Goes on with a join whose view is there; waits where the view is ahead of what this home has been told.
    func proceed(_ ticket: UInt64) {
        guard let join = joins[ticket], let view = join.view, let head = ring?.head, !join.holdsSeat,
            !join.isAtGate, join.claim != .asked, join.claim != .waiting
        else { return }
        guard head >= view.room.seq else { return expectEvents(through: view.room.seq) }
        // While it waited somebody may have been banned or given another role.
        guard join.generation == generation else { return readAgain(ticket) }
        switch RoomAccess.judge(view, join.request.principal, invitation: join.request.invitation) {
        case .refused(let error): give(up: ticket, error)
        case .admitted: finish(ticket, view, view.member?.role ?? .member)
        case .gated(let role, let isMember):
            guard join.isCleared else { return askGate(ticket, view) }
            if isMember {
                finish(ticket, view, view.member?.role ?? .member)
            } else {
                enrol(ticket, role, code: nil)
            }
        case .welcome(let role): enrol(ticket, role, code: nil)
        case .redeems: enrol(ticket, .member, code: join.request.invitation)
        }
    }

    /// Joins that waited for the events that their view knows already.
    func proceedWaiting() {
        guard !joins.isEmpty else { return }
        for ticket in joins.keys.sorted() where joins[ticket]?.view != nil { proceed(ticket) }
    }

    // MARK: Membership

    private func enrol(_ ticket: UInt64, _ role: Role, code: String?) {
        guard let join = joins[ticket] else { return }
        let request = join.request
        if claimsSeat(ticket, role) { return }
        if let refusal = takeSeat(ticket, role) { return give(up: ticket, refusal) }
        join.holdsSeat = true
        // What a token lends is not stored: it ends with the token.
        let enrolment = Enrolment(
            room: id, user: request.principal.user, name: request.principal.name, role: .member)
        guard let code else { return shard.desk.enrol(ticket, enrolment) }
        redeem(code, ticket, enrolment)
    }

    private func redeem(_ code: String, _ ticket: UInt64, _ enrolment: Enrolment) {
        let context = shard.context
        Task {
            let result: Result<MemberRecord, ClientError>
            do throws(ClientError) {
                try await RoomHome.redeem(code, room: enrolment.room, enrolment.user, context)
                result = .success(try await RoomHome.write(enrolment, context))
            } catch {
                result = .failure(error)
            }
            context.post(.enrolled(room: enrolment.room, ticket: ticket, result), to: enrolment.room)
        }
    }

    static func redeem(
        _ code: String, room: String, _ user: String, _ context: RoomContext
    ) async throws(ClientError) {
        let outcome: RedemptionOutcome
        do throws(StorageError) {
            outcome = try await context.rooms.redeem(codeHash: InvitationCode.hash(code), user: user)
        } catch {
            throw error.clientError
        }
        switch outcome {
        case .accepted(let invited) where invited == room: return
        case .unknown:
            // A guess tells nothing of whether the room exists.
            throw RoomAccess.roomNotFound
        case .expired:
            throw ClientError(.inviteInvalid, "This invitation has run out.", field: "invitation")
        default:
            throw ClientError(
                .inviteInvalid, "This invitation is not for this room or person.", field: "invitation")
        }
    }

    private static func write(
        _ enrolment: Enrolment, _ context: RoomContext
    ) async throws(ClientError) -> MemberRecord {
        do throws(StorageError) {
            return try await context.rooms.join(
                enrolment.room, user: enrolment.user, name: enrolment.name, role: enrolment.role
            ).member
        } catch {
            throw error.clientError
        }
    }

    /// The membership has been written.
    func enrolled(_ ticket: UInt64, _ result: Result<MemberRecord, ClientError>) {
        guard let join = joins[ticket] else { return }
        join.holdsSeat = false
        switch result {
        // A ban between reading and writing: the new reading finds it.
        case .failure(let error) where error.code == .conflict: readAgain(ticket)
        case .failure(let error): give(up: ticket, error)
        case .success(let member):
            // Somebody was banned or promoted meanwhile: the new reading finds it.
            guard join.generation == generation, let view = join.view else { return readAgain(ticket) }
            note(member)
            finish(ticket, view, member.role)
        }
    }

    // MARK: Arriving

    private func finish(_ ticket: UInt64, _ view: JoinView, _ stored: Role) {
        guard let request = joins[ticket]?.request else { return }
        let role = RoomAccess.effective(stored, RoomAccess.granted(request.principal, id))
        // Events between the reading and now follow as pushes; where the ring has lost them, read anew.
        guard let recent = ring?.after(view.room.seq) else { return readAgain(ticket) }
        if claimsSeat(ticket, role) { return }
        if let refusal = takeSeat(ticket, role) { return give(up: ticket, refusal) }
        // What is held for it is the person's from here on.
        let isOnSpare = joins[ticket]?.claim == .spare
        joins[ticket]?.claim = .none
        endJoin(ticket)
        var view = view
        var missed = view.missed.map { SharedFrame(RoomPush.event($0).span) }
        if missed.reduce(0, { $0 + $1.plain.count }) > shard.context.settings.replayBytes {
            view.gap = .limit
            missed = []
        }
        let person = arrive(request, stored)
        if isOnSpare { sit(person) }
        var first = [SharedFrame(joined(request, view, person).span)]
        if let gap = view.gap, let since = request.since {
            shard.counters.gaps[gap.rawValue, default: 0] += 1
            first.append(
                RoomPush.gap(room: id, from: since.offset + 1, to: view.room.seq, reason: gap.rawValue))
        }
        first += missed + recent
        shard.counters.joins += 1
        if request.since != nil, view.gap == nil {
            shard.counters.replayed += missed.count + recent.count
        }
        audience.add(request.handle, isDeflating: request.isDeflating)
        shard.context.hub.post(.subscribe(request.handle, channel: id, first: first), to: request.handle)
        requestNames()
    }

    private func joined(_ request: JoinRequest, _ view: JoinView, _ person: Person) -> JSONWriter {
        presenceDiff.listed()
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.field("type", "joined")
        if let id = request.id { writer.field("id", id) }
        writer.key("room")
        RoomForm.write(record ?? view.room, to: &writer)
        writer.field("role", person.role.rawValue)
        writer.field("epoch", view.room.epoch)
        writer.field("seq", view.room.seq)
        writer.people("people", presentAuthors(100))
        writer.field("people_count", presentCount)
        writer.field("read_seq", view.unread.readSeq)
        writer.field("unread", view.unread.unread)
        writer.field("mentions", view.unread.mentions)
        writer.field("recovered", request.since != nil && view.gap == nil)
        MessageForm.write("messages", view.history?.messages ?? [], to: &writer)
        writer.endObject()
        return writer
    }

    // MARK: Names for mentions

    private func requestNames() {
        guard !namesRequested else { return }
        namesRequested = true
        let context = shard.context
        let room = id
        Task {
            guard
                let page = try? await context.rooms.members(room, limit: MentionFinder.memberLimit)
            else { return }
            context.post(.names(room: room, page.items), to: room)
        }
    }

    func note(_ member: MemberRecord) {
        members.insert(member.user)
        mentions.add(user: member.user, name: member.name)
    }
}
