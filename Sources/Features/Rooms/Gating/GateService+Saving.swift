import ClientProtocol
import Gates
import Identity
import Storage

extension GateService {
    /// Checks a gate with the chain before a room gets it.
    ///
    /// - Parameter isTree: Whether it was given as a tree: says where an error is.
    static func check(
        _ policy: GatePolicy?, isTree: Bool, for principal: Principal, _ context: RoomContext
    ) async throws(ClientError) {
        guard let policy else { return }
        let assets = policy.leaves.compactMap(\.holding?.asset)
        guard !assets.isEmpty else { return }
        guard let gates = context.gates, assets.allSatisfy({ gates.reader(of: $0).nodeCount > 0 }) else {
            throw ClientError(
                .gateUnavailable, "This server does not ask that chain, so that no room can be gated by it.",
                field: "gate")
        }
        try gates.charge(nameCost(policy, gates) + issuerCost(policy, gates), to: principal)
        let pause = { gates.pause(for: assets, .lookUp) }
        for (field, asset) in policy.named(isTree ? "gate" : nil) {
            let isThere: Bool
            do throws(UnknownReason) {
                isThere = try await gates.knows(asset)
            } catch {
                throw ClientError(
                    .gateUnavailable, "\(asset.noun) cannot be looked up now. Try again.", field: field,
                    retryAfter: pause())
            }
            guard isThere else {
                throw .invalid(field, "\"\(field)\" is the address of no \(asset.kind).")
            }
        }
        try await checkIssuers(policy, gates)
    }

    /// How many mints and collections of a gate have to be looked up.
    private static func nameCost(_ policy: GatePolicy, _ gates: RoomGates) -> Int {
        Set(policy.named(nil).map(\.asset)).count { !gates.isKnown($0) }
    }

    /// How many issuers of a gate have to be looked up.
    private static func issuerCost(_ policy: GatePolicy, _ gates: RoomGates) -> Int {
        policy.leaves.compactMap(\.issuer).count { !gates.issuers.isAbsent($0) }
    }

    /// Whoever issues what an XRP Ledger gate asks for must have an account there.
    private static func checkIssuers(_ policy: GatePolicy, _ gates: RoomGates) async throws(ClientError) {
        for issuer in policy.leaves.compactMap(\.issuer) {
            let isAccount: Bool
            do throws(UnknownReason) {
                isAccount = try await gates.isAccount(issuer)
            } catch {
                throw ClientError(
                    .gateUnavailable, "The issuer cannot be looked up now. Try again.", field: "gate",
                    retryAfter: gates.pause(for: policy.leaves.compactMap(\.holding?.asset), .lookUp))
            }
            guard isAccount else { throw .invalid("gate", "\(issuer.text) is the address of no account.") }
        }
    }

    /// Begins everybody's lease anew and looks at them now, since a room asks for something else.
    func gateChanged(_ room: RoomRecord) async {
        try? await gates.store.forget(room: room.id)
        gates.book.forget(room.id)
        recheck(room)
    }

    /// Looks at a person whose token lends them another role in a room now.
    ///
    /// - Parameter wasLent: Whether an older token lent them one: what was open to them by it counts for nothing.
    func grantChanged(_ room: String, user: String, wasLent: Bool) {
        Task {
            if wasLent {
                gates.book.forget(room, user)
                try? await gates.store.forget(user: user, room: room)
            }
            await look(at: room, user: user)
        }
    }

    /// What the mints and collections of a gate are; nil where nobody can say.
    func names(_ policy: GatePolicy) async -> GateNames {
        var names = GateNames()
        for (_, asset) in policy.named(nil) {
            switch asset {
            case .mint(let mint) where !names.tokens.contains { $0.mint == mint }:
                names.tokens.append((mint, (try? await gates.facts(mint: mint)) ?? nil))
            case .collection(let address) where !names.collections.contains { $0.address == address }:
                names.collections.append((address, (try? await gates.facts(collection: address)) ?? nil))
            default: break
            }
        }
        return names
    }

    // MARK: How somebody stands to a gate

    /// How a person stands to a room's gate, whatever it says; reads anew where asked to.
    func report(
        _ view: JoinView, _ principal: Principal, anew: Bool
    ) async throws(ClientError) -> GateReport {
        var visitor = try await visitor(view, principal)
        if anew { for query in visitor.queries { gates.cache.forget(query) } }
        let cost = gates.keeper.cost(visitor.policy, visitor.facts)
        try gates.charge(cost + GateService.nameCost(visitor.policy, gates), to: principal)
        visitor.facts = await gates.keeper.complete(visitor.policy, visitor.facts)
        let report = GateReport(visitor.policy, visitor.facts, isExempt: visitor.isExempt)
        if visitor.isMember, !visitor.isExempt {
            if report.verdict == .yes { await note(open: [visitor]) }
            if report.verdict == .no { await doubt(visitor, isFull: false) }
        }
        return report
    }

    /// How a page of a room's members would stand to a gate that the room does not have yet.
    func trial(
        _ policy: GatePolicy, _ room: RoomRecord, for principal: Principal, after: String, limit: Int
    ) async throws(ClientError) -> [(member: MemberRecord, report: GateReport)] {
        let members: [GateMember]
        do throws(StorageError) {
            members = try await gates.store.members(room.id, after: after, limit: limit)
        } catch {
            throw error.clientError
        }
        let visitors = members.map { visitor($0, room, policy) }
        let cost = visitors.reduce(0) { $0 + gates.keeper.cost(policy, $1.facts) }
        try gates.charge(cost, to: principal)
        let reports = await withTaskGroup(of: (Int, GateReport).self) { group in
            for (index, visitor) in visitors.enumerated() {
                group.addTask {
                    let facts = await gates.keeper.complete(policy, visitor.facts, .trial)
                    return (index, GateReport(policy, facts))
                }
            }
            return await group.reduce(into: [Int: GateReport]()) { $0[$1.0] = $1.1 }
        }
        return members.enumerated().compactMap { index, member in
            reports[index].map { (member.member, $0) }
        }
    }
}

extension GatePolicy {
    /// The issuer on the XRP Ledger that a condition names.
    fileprivate var issuer: XRPLAddress? {
        switch self {
        case .issued(let token, _): token.issuer
        case .xrplItems(let issuer, _): issuer
        default: nil
        }
    }
}
