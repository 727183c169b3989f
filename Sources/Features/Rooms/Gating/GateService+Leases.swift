import Bytes
import ClientProtocol
import Gates
import PubSub
import Storage

extension GateService {
    // MARK: Outcomes for those inside

    /// Acts on what was read of a member.
    ///
    /// - Parameter isFull: Whether this is the full question, asked for this alone.
    func settle(member visitor: GateVisitor, isFull: Bool) async {
        switch GateReport(visitor.policy, visitor.facts).verdict {
        case .yes: await note(open: [visitor])
        case .no: await doubt(visitor, isFull: isFull)
        case .unknown: await wait(visitor)
        }
    }

    /// A member's gate is closed.
    func doubt(_ visitor: GateVisitor, isFull: Bool) async {
        if await restsOnClaim(visitor) { return await withhold(visitor) }
        // What needs no chain needs no second look: a wallet taken off, a role or an invitation withdrawn.
        let bare = GateFacts(
            wallets: visitor.facts.wallets, role: visitor.facts.role, isInvited: visitor.facts.isInvited)
        guard GateReport(visitor.policy, bare).verdict != .no else { return await expel(visitor) }
        let (now, recheck) = (GateService.now(), gates.settings.recheckMilliseconds)
        let action = change(visitor, now: now) {
            $0.negative(now: now, slot: visitor.facts.newestSlot, isFull: isFull, recheck: recheck)
        }
        await watch([visitor])
        await act(action, visitor)
    }

    /// Whether the gate would be open to somebody who is not here by the role that their token lent them: nobody knows what
    /// their next one says, so that they are judged when they come.
    private func restsOnClaim(_ visitor: GateVisitor) async -> Bool {
        guard let lent = visitor.lent else { return false }
        var facts = visitor.facts
        facts.role = facts.role.map { RoomAccess.effective($0, lent) } ?? lent
        let report = GateReport(visitor.policy, facts, isExempt: facts.role == .owner)
        guard report.verdict != .no else { return false }
        return await !RoomService(context).ownPeople(visitor.room.id).contains(visitor.user)
    }

    /// Takes the lease of somebody who stays a member for what nobody knows: it shows them nothing of the room any more.
    private func withhold(_ visitor: GateVisitor) async {
        if isShared { return await withholdNote(visitor) }
        let now = GateService.now()
        _ = gates.book.change(visitor.room.id, visitor.user, or: visitor.lease(now: now)) {
            $0.negative(now: now, slot: nil, isFull: false, recheck: gates.settings.recheckMilliseconds)
        }
    }

    /// Nobody can say whether a member's gate is open.
    func wait(_ visitor: GateVisitor) async {
        let (now, grace) = (GateService.now(), gates.settings.graceMilliseconds)
        let action = change(visitor, now: now) { $0.unknown(now: now, grace: grace) }
        await watch([visitor])
        await act(action, visitor)
    }

    private func act(_ action: LeaseAction, _ visitor: GateVisitor) async {
        let (room, user) = (visitor.room.id, visitor.user)
        switch action {
        case .none: return
        case .confirm(let delay): confirm(room, user, after: delay)
        case .warn(let remaining):
            let since = Timestamp.now().milliseconds - (gates.settings.graceMilliseconds - remaining)
            context.post(.warn(room: room, user: user, remaining: remaining, since: since), to: room)
        case .lost: await expel(visitor)
        case .unverified:
            gates.count { $0.unverified += 1 }
            let words = "What you hold could not be checked for too long. Come back when it can be."
            context.post(
                .expel(room: room, user: user, reason: "gate_unverified", words, endsMembership: false),
                to: room)
        }
    }

    static func warning(_ room: String, _ remaining: Int64) -> SharedFrame {
        let sentence = "What you hold cannot be checked. If that lasts, you will have to leave this room."
        return SharedFrame(
            ClientError(.gateUnverified, sentence, retryAfter: remaining).encoded(id: nil, room: room).span)
    }

    /// Ends a membership that the gate no longer allows, on all of the person's connections.
    private func expel(_ visitor: GateVisitor) async {
        let (room, user) = (visitor.room.id, visitor.user)
        let outcome = try? await context.rooms.remove(room, user: user, keepsInvitation: true)
        // They have become the owner meanwhile.
        gates.book.forget(room, user)
        switch outcome {
        case .isOwner: return
        // Another process was first, and has told everybody.
        case .notMember where isShared: return
        default: break
        }
        gates.count { $0.lost += 1 }
        let words = "You no longer hold what this room asks for."
        // Also where the store failed: then the next look takes the membership.
        context.post(
            .expel(room: room, user: user, reason: "gate_lost", words, endsMembership: true), to: room)
        try? await context.rooms.audit(
            AuditRecord(actor: "gate", action: "member.gate_lost", room: room, target: user))
    }

    // MARK: Asking again

    /// Asks the full question about a member after a while; one such question waits at a time.
    func confirm(_ room: String, _ user: String, after delay: Int64) {
        guard gates.book.beginAsking(room, user) else { return }
        Task {
            try? await Task.sleep(for: .milliseconds(delay))
            await ask(room, user)
        }
    }

    /// Asks the full question anew, past every cache, and acts on the answer.
    private func ask(_ room: String, _ user: String) async {
        guard var visitor = await member(room, user) else {
            gates.book.endAsking(room, user)
            return gates.book.forget(room, user)
        }
        let lease = gates.book.lease(room, user)
        visitor.facts = await read(visitor, notBefore: lease?.leastSlot)
        gates.book.endAsking(room, user)
        await settle(member: visitor, isFull: true)
        let isOpen = gates.book.lease(room, user).map { !$0.isDoubted } ?? true
        // A doubt is not left standing while nobody can say.
        if !isOpen { confirm(room, user, after: gates.settings.recheckMilliseconds) }
    }

    /// A member under a room's gate; nil where there is none any more, or the store cannot say.
    private func member(_ room: String, _ user: String) async -> GateVisitor? {
        guard let record = try? await context.rooms.room(room), record.active, let policy = record.gatePolicy,
            let member = try? await gates.store.members(room, user: user, limit: 1).first
        else { return nil }
        let visitor = visitor(member, record, policy)
        return visitor.isExempt ? nil : visitor
    }

    /// The readings that a visitor's verdict depends on, each asked for now.
    private func read(_ visitor: GateVisitor, notBefore slot: UInt64?) async -> GateFacts {
        var facts = visitor.facts
        guard GateReport(visitor.policy, facts).verdict == .unknown else { return facts }
        for query in visitor.queries {
            let checkedAt = Timestamp.now()
            let reading = await gates.reader(of: query.asset).confirm(
                query, notBefore: slot, enough: visitor.policy.most(of: query.asset))
            gates.cache.forget(query)
            facts.readings[query] = TimedReading(reading, checkedAt: checkedAt)
        }
        return facts
    }
}
