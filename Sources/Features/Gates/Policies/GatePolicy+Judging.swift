import Bytes
import Storage

extension GatePolicy {
    /// Whether the gate opens, in three-valued logic.
    func verdict(_ facts: GateFacts) -> Verdict {
        switch self {
        case .all(let parts): Verdict.all(parts.lazy.map { $0.verdict(facts) })
        case .any(let parts): Verdict.any(parts.lazy.map { $0.verdict(facts) })
        case .not(let part): part.verdict(facts).negated
        case .wallets(let list): facts.wallets.contains(where: list.contains) ? .yes : .no
        case .role(let role): facts.role.map { $0 == role || $0.outranks(role) } ?? false ? .yes : .no
        case .invitation: facts.isInvited ? .yes : .no
        case .token, .native, .collection, .xrp, .issued, .xrplItems: holding(facts)
        }
    }

    private func holding(_ facts: GateFacts) -> Verdict {
        guard let (asset, minimum) = holding else { return .no }
        return Verdict.any(
            facts.wallets.lazy.filter(asset.isOf).map { wallet in
                facts.readings[HoldingQuery(wallet, asset)]?.reading.verdict(atLeast: minimum) ?? .unknown
            })
    }

    /// What is missing of a gate that does not open: the first thing that a person can do something about, as its
    /// owner wrote it down.
    func refusal(_ facts: GateFacts) -> GateRefusal {
        switch self {
        case .all(let parts), .any(let parts):
            parts.lazy.filter { $0.verdict(facts) == .no }.map { $0.refusal(facts) }
                .first { $0 != .forbidden } ?? .forbidden
        case .token, .native, .xrp, .issued: hasWallet(facts) ? .tokenBalance : .walletRequired
        case .collection, .xrplItems: hasWallet(facts) ? .collectionMissing : .walletRequired
        case .invitation: .invitationRequired
        case .wallets: facts.wallets.isEmpty ? .walletRequired : .forbidden
        case .role, .not: .forbidden
        }
    }

    private func hasWallet(_ facts: GateFacts) -> Bool {
        guard let asset = holding?.asset else { return false }
        return facts.wallets.contains(where: asset.isOf)
    }

    /// How a person stands to this one condition.
    func check(_ facts: GateFacts) -> GateCheck {
        guard let (asset, _) = holding else {
            return GateCheck(
                condition: self, verdict: verdict(facts), held: nil, checkedAt: nil, reason: nil)
        }
        var held: UInt128?
        var checkedAt: Timestamp?
        var reason: UnknownReason?
        for wallet in facts.wallets {
            guard let timed = facts.readings[HoldingQuery(wallet, asset)] else { continue }
            checkedAt = checkedAt.map { min($0, timed.checkedAt) } ?? timed.checkedAt
            switch timed.reading {
            case .holds(let amount, _): held = max(held ?? 0, amount)
            case .unknown(let why): reason = reason ?? why
            }
        }
        let verdict = verdict(facts)
        return GateCheck(
            condition: self, verdict: verdict, held: held, checkedAt: checkedAt,
            reason: verdict == .unknown ? reason : nil)
    }
}

extension Verdict {
    /// Whether all hold: one *no* decides, whatever is unknown.
    static func all(_ verdicts: some Sequence<Verdict>) -> Verdict {
        var result = Verdict.yes
        for verdict in verdicts {
            if verdict == .no { return .no }
            if verdict == .unknown { result = .unknown }
        }
        return result
    }

    /// Whether any holds: one *yes* decides, whatever is unknown.
    static func any(_ verdicts: some Sequence<Verdict>) -> Verdict {
        var result = Verdict.no
        for verdict in verdicts {
            if verdict == .yes { return .yes }
            if verdict == .unknown { result = .unknown }
        }
        return result
    }
}
