import Bytes
import ClientProtocol
import Gates
import Identity
import JSON
import Reactor
import Storage

/// Judges people at the gates of rooms, and asks those behind them to leave; any thread.
public struct GateService: Sendable {
    let context: RoomContext
    let gates: RoomGates

    /// A service; nil where the rooms have no gates.
    public init?(_ context: RoomContext) {
        guard let gates = context.gates else { return nil }
        self.context = context
        self.gates = gates
    }

    /// Leases go by the monotonic clock: a wall clock that is set shortens nobody's grace.
    static func now() -> Int64 { MonotonicClock.milliseconds() }

    /// When the store's lease was last good, by the monotonic clock; nil where it counts for nothing.
    static func moment(_ lease: LeaseRecord?) -> Int64? {
        guard let at = lease?.verifiedAt.milliseconds, at > 0 else { return nil }
        return now() - max(0, Timestamp.now().milliseconds - at)
    }

    /// Nobody can say whether the gate is open.
    ///
    /// - Parameter pause: Milliseconds after which somebody may be able to.
    static func unavailable(_ report: GateReport?, after pause: Int64 = 5000) -> ClientError {
        var error = ClientError(
            .gateUnavailable, "What you hold cannot be checked now, so that nobody new is let in.",
            retryAfter: pause)
        error.details = report.map(details)
        return error
    }

    // MARK: Who is at the gate

    /// A person as a join or a request knows them.
    func visitor(_ view: JoinView, _ principal: Principal) async throws(ClientError) -> GateVisitor {
        guard let policy = view.room.gatePolicy else { throw GateService.unavailable(nil) }
        let granted = RoomAccess.granted(principal, view.room.id)
        let wallets: [Wallet]
        let lease: LeaseRecord?
        do throws(StorageError) {
            wallets = try await gates.wallets(of: principal.user, tenant: principal.tenant)
            lease = try await gates.store.lease(view.room.id, user: principal.user)
        } catch {
            throw error.clientError
        }
        let role = view.member.map { RoomAccess.effective($0.role, granted) } ?? granted
        return GateVisitor(
            room: view.room, policy: policy, user: principal.user, name: principal.name,
            walletTenant: principal.tenant, granted: granted, isMember: view.member != nil,
            known: lease,
            facts: GateFacts(wallets: wallets, role: role, isInvited: view.isInvited))
    }

    /// A member as the store and the live connections know them.
    func visitor(_ member: GateMember, _ room: RoomRecord, _ policy: GatePolicy) -> GateVisitor {
        GateVisitor(member, room, policy, granted: context.grants.role(room.id, member.member.user))
    }

    // MARK: Admitting

    /// Lets a person in, or says why not.
    ///
    /// - Parameters:
    ///   - invitation: A code that counts where the gate asks for an invitation.
    ///   - asset: An item of the collection that the person says they hold.
    func admit(
        _ view: JoinView, _ principal: Principal, invitation: String?, asset: String?
    ) async throws(ClientError) {
        var visitor = try await visitor(view, principal)
        if visitor.isExempt { return await note(open: [visitor]) }
        if let invitation, !visitor.facts.isInvited, visitor.policy.asksForInvitation {
            try await RoomHome.redeem(invitation, room: view.room.id, principal.user, context)
            visitor.facts.isInvited = true
        }
        let hint = asset.flatMap { SolanaAddress($0) }
        do throws(ClientError) {
            let cost = gates.keeper.cost(visitor.policy, visitor.facts, hint: hint)
            try gates.charge(cost, to: principal)
        } catch {
            // Whoever was let in a moment ago comes back without a question.
            guard view.member != nil, await isGood(view.room.id, principal.user) else { throw error }
            return
        }
        visitor.facts = await gates.keeper.complete(visitor.policy, visitor.facts, hint: hint)
        try await settle(visitor)
    }

    /// Whether somebody who reads or writes without a connection may: by their lease while it is good, else judged.
    func allow(_ view: JoinView, _ principal: Principal) async throws(ClientError) {
        if view.member != nil, await isGood(view.room.id, principal.user) { return }
        try await admit(view, principal, invitation: nil, asset: nil)
    }

    /// Whether a room's content may be shown to a member who lists their rooms or is told of messages: by what is
    /// known already, since nobody waits for a chain there.
    ///
    /// - Parameter role: Theirs; the gate does not concern an owner.
    static func shows(
        _ room: RoomRecord, to user: String, _ role: Role?, _ context: RoomContext
    ) async -> Bool {
        guard room.isGated, role != .owner else { return true }
        guard let gate = GateService(context) else { return false }
        return await gate.isLeased(room.id, user)
    }

    private func isLeased(_ room: String, _ user: String) async -> Bool {
        let settings = gates.settings
        let longest = max(2 * settings.sweepMilliseconds, settings.graceMilliseconds)
        return await lease(room, user).isGood(within: longest, now: GateService.now())
    }

    /// Notes an outcome and lets the visitor in or not.
    private func settle(_ visitor: GateVisitor) async throws(ClientError) {
        let report = GateReport(visitor.policy, visitor.facts)
        gates.count { $0.verdicts[report.verdict, default: 0] += 1 }
        switch report.verdict {
        case .yes: await note(open: [visitor])
        case .no:
            // The reading may be one that has been counted before.
            if visitor.isMember { await doubt(visitor, isFull: false) }
            throw GateService.refusal(report)
        case .unknown:
            let own = isShared ? nil : gates.book.lease(visitor.room.id, visitor.user)?.verifiedAt
            let known = own ?? visitor.verifiedAt
            guard let known, GateService.now() - known <= gates.settings.graceMilliseconds else {
                let assets = visitor.policy.leaves.compactMap(\.holding?.asset)
                throw GateService.unavailable(report, after: gates.pause(for: assets, .join))
            }
            await noteRole(of: visitor)
        }
    }

    /// Notes that the gate is open to people; the store hears of it often enough for the grace.
    func note(open visitors: [GateVisitor]) async {
        let now = GateService.now()
        var records: [LeaseRecord] = []
        for visitor in visitors {
            change(visitor, now: now) { $0.positive(now: now, slot: visitor.facts.newestSlot) }
            let isKnown = visitor.verifiedAt.map { now - $0 < noteMilliseconds } ?? false
            let granted = visitor.granted ?? visitor.lent
            guard !isKnown || visitor.known?.granted != granted else { continue }
            records.append(
                LeaseRecord(
                    room: visitor.room.id, user: visitor.user, walletTenant: visitor.walletTenant,
                    granted: granted, verifiedAt: .now()))
        }
        await watch(visitors)
        // What is lost here is a grace after a restart, and the next look writes it again.
        try? await gates.store.keep(records)
    }

    // MARK: Refusing

    private static func refusal(_ report: GateReport) -> ClientError {
        guard let refusal = report.refusal, let code = ErrorCode(rawValue: refusal.rawValue) else {
            return unavailable(report)
        }
        var error = ClientError(code, refusal.sentence)
        error.details = details(report)
        return error
    }

    private static func details(_ report: GateReport) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        report.write(to: &writer)
        writer.endObject()
        return writer.text()
    }
}

extension GateRefusal {
    /// A sentence for whoever stands at the gate.
    fileprivate var sentence: String {
        switch self {
        case .walletRequired: "This room asks what you hold. Link a wallet first."
        case .tokenBalance: "This room asks for more of its token than your wallets hold."
        case .collectionMissing: "This room asks for an item of its collection, and your wallets hold none."
        case .invitationRequired: "This room needs an invitation."
        case .unavailable: "What you hold cannot be checked now."
        case .forbidden: "This room's gate is not open to you."
        }
    }
}

extension GatePolicy {
    /// Whether an invitation makes a difference.
    var asksForInvitation: Bool { leaves.contains(.invitation) }

    /// Whether a role makes a difference.
    var asksForRole: Bool {
        leaves.contains { if case .role = $0 { true } else { false } }
    }

    /// Whether this condition is an item of something.
    var isItem: Bool {
        switch self {
        case .collection, .xrplItems: true
        default: false
        }
    }

    /// Whether this condition is an amount of something.
    var isAmount: Bool {
        switch self {
        case .token, .native, .xrp, .issued: true
        default: false
        }
    }
}
