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
        try gates.charge(mintCost(policy, gates) + issuerCost(policy, gates), to: principal)
        for (field, mint) in policy.mints(isTree ? "gate" : nil) {
            let facts: MintFacts?
            do throws(UnknownReason) {
                facts = try await gates.mints.facts(mint, gates.solana)
            } catch {
                throw ClientError(
                    .gateUnavailable, "The token cannot be looked up now. Try again.", field: field,
                    retryAfter: gates.pause(for: assets, .lookUp))
            }
            guard facts != nil else { throw .invalid(field, "\"\(field)\" is the address of no token.") }
        }
        try await checkIssuers(policy, gates)
    }

    /// How many mints of a gate have to be looked up.
    private static func mintCost(_ policy: GatePolicy, _ gates: RoomGates) -> Int {
        Set(policy.mints(nil).map(\.mint)).count { !gates.mints.isKnown($0) }
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

    /// What the mints of a gate are; nil where nobody can say.
    func tokens(_ policy: GatePolicy) async -> [(mint: SolanaAddress, facts: MintFacts?)] {
        var tokens: [(mint: SolanaAddress, facts: MintFacts?)] = []
        for (_, mint) in policy.mints(nil) where !tokens.contains(where: { $0.mint == mint }) {
            tokens.append((mint, (try? await gates.mints.facts(mint, gates.solana)) ?? nil))
        }
        return tokens
    }

    // MARK: How somebody stands to a gate

    /// How a person stands to a room's gate, whatever it says; reads anew where asked to.
    func report(
        _ view: JoinView, _ principal: Principal, anew: Bool
    ) async throws(ClientError) -> GateReport {
        var visitor = try await visitor(view, principal)
        if anew { for query in visitor.queries { gates.cache.forget(query) } }
        let cost = gates.keeper.cost(visitor.policy, visitor.facts)
        try gates.charge(cost + GateService.mintCost(visitor.policy, gates), to: principal)
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

    /// The mints that it names, each with the field that names it.
    ///
    /// - Parameter path: Where in the tree this is; nil for the short form.
    fileprivate func mints(_ path: String?) -> [(field: String, mint: SolanaAddress)] {
        switch self {
        case .token(let mint, _): [(path.map { $0 + ".token.mint" } ?? "access_token_mint", mint)]
        case .all(let parts): GatePolicy.mints(parts, path.map { $0 + ".all" })
        case .any(let parts): GatePolicy.mints(parts, path.map { $0 + ".any" })
        case .not(let part): part.mints(path.map { $0 + ".not" })
        default: []
        }
    }

    private static func mints(
        _ parts: [GatePolicy], _ path: String?
    ) -> [(field: String, mint: SolanaAddress)] {
        parts.enumerated().flatMap { index, part in part.mints(path.map { "\($0)[\(index)]" }) }
    }
}
