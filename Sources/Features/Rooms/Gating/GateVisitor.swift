import Gates
import Storage

/// Somebody at a gate, with what is known of them without a chain.
struct GateVisitor: Sendable {
    let room: RoomRecord
    let policy: GatePolicy
    let user: String
    let name: String
    let walletTenant: String
    /// The role that their token gives them.
    let granted: Role?
    /// The role that a token lent them when the gate was last open to them, of a member whom no live one lends any.
    let lent: Role?
    let isMember: Bool
    /// Whether they have just come to this process themselves, and are not only looked at.
    let isAsking: Bool
    /// What the store remembers of them.
    let known: LeaseRecord?
    var facts: GateFacts

    /// Everything that a chain can be asked about them.
    var queries: Set<HoldingQuery> { policy.queries(facts.wallets) }

    /// Whether the gate does not concern them.
    var isExempt: Bool { facts.role == .owner }

    /// When the gate was last open to them, as the store remembers, by the monotonic clock.
    var verifiedAt: Int64? { GateService.moment(known) }

    /// The same as a note that processes share; nil where it counts for nothing.
    var note: LeaseNote? { GateService.note(known) }

    /// Whether a role that a token lends them decides on whether they may be here.
    var restsOnRole: Bool { granted != nil && (isExempt || policy.asksForRole) }

    func lease(now: Int64) -> Lease { Lease(verifiedAt: verifiedAt, now: now) }

    /// A member as the store knows them.
    ///
    /// - Parameter granted: What a live token lends them: what one lent once keeps nobody in.
    init(_ member: GateMember, _ room: RoomRecord, _ policy: GatePolicy, granted: Role?) {
        self.room = room
        self.policy = policy
        user = member.member.user
        name = member.member.name
        self.granted = granted
        lent = granted == nil ? member.lease?.granted : nil
        walletTenant = member.lease?.walletTenant ?? "default"
        isMember = true
        isAsking = false
        known = member.lease
        facts = GateFacts(
            wallets: member.wallets.compactMap { Wallet(chain: $0.chain, address: $0.address) },
            role: RoomAccess.effective(member.member.role, granted), isInvited: member.isInvited)
    }

    init(
        room: RoomRecord, policy: GatePolicy, user: String, name: String, walletTenant: String,
        granted: Role?, isMember: Bool, known: LeaseRecord?, facts: GateFacts
    ) {
        self.room = room
        self.policy = policy
        self.user = user
        self.name = name
        self.walletTenant = walletTenant
        self.granted = granted
        // They are here, with what their token says now.
        lent = nil
        self.isMember = isMember
        isAsking = true
        self.known = known
        self.facts = facts
    }
}
