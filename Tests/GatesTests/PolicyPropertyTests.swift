import Bytes
import Gates
import JSON
import Storage
import TestRandom
import Testing

@Suite("Policies of any shape")
struct PolicyPropertyTests {
    static let wallets = ["1", "2"].compactMap {
        Wallet(chain: "solana", address: String(repeating: "1", count: 31) + $0)
    }
    static let mints = ["3", "4"].compactMap { SolanaAddress(String(repeating: "1", count: 31) + $0) }

    static func policy(_ random: inout SeededRandom, levels: Int) -> GatePolicy {
        switch Int.random(in: levels > 1 ? 0..<9 : 0..<6, using: &random) {
        case 0: .token(mints[0], minimum: UInt64.random(in: 1...3, using: &random))
        case 1: .native(minimum: UInt64.random(in: 1...3, using: &random))
        case 2: .collection(mints[1])
        case 3: .wallets([wallets[Int.random(in: 0...1, using: &random)]])
        case 4: .role(Role.allCases[Int.random(in: 0...2, using: &random)])
        case 5: .invitation
        case 6: .not(policy(&random, levels: levels - 1))
        case 7: .all(policies(&random, levels - 1))
        default: .any(policies(&random, levels - 1))
        }
    }

    static func policies(_ random: inout SeededRandom, _ levels: Int) -> [GatePolicy] {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in policy(&random, levels: levels) }
    }

    static func facts(_ random: inout SeededRandom, _ policy: GatePolicy) -> GateFacts {
        var facts = GateFacts(
            wallets: Array(wallets.prefix(Int.random(in: 0...2, using: &random))),
            role: Bool.random(using: &random) ? .moderator : nil, isInvited: Bool.random(using: &random))
        for query in policy.queries(facts.wallets).sorted(by: { "\($0)" < "\($1)" }) {
            let amount = UInt128(Int.random(in: 0...3, using: &random))
            let reading: [Reading?] = [
                nil, .unknown(.timeout), .holds(amount, slot: 1), .holds(amount, slot: 1),
            ]
            facts.readings[query] = reading[Int.random(in: 0...3, using: &random)].map {
                TimedReading($0, checkedAt: Timestamp(milliseconds: 1))
            }
        }
        return facts
    }

    /// The same logic another way: no is 0, unknown 1, yes 2.
    static func value(_ policy: GatePolicy, _ facts: GateFacts) -> Int {
        func most(_ asset: Asset, _ minimum: UInt128) -> Int {
            facts.wallets.map { wallet in
                guard case .holds(let amount, _)? = facts.readings[HoldingQuery(wallet, asset)]?.reading
                else {
                    return 1
                }
                return amount < minimum ? 0 : 2
            }.max() ?? 0
        }
        switch policy {
        case .token(let mint, let minimum): return most(.token(mint), UInt128(minimum))
        case .native(let minimum): return most(.native, UInt128(minimum))
        case .collection(let collection): return most(.collection(collection), 1)
        case .xrp(let minimum): return most(.xrp, UInt128(minimum))
        case .issued(let token, let minimum):
            return most(.issued(token, scale: minimum.scale), UInt128(minimum.units))
        case .xrplItems(let issuer, let taxon): return most(.xrplItems(issuer, taxon: taxon), 1)
        case .wallets(let list): return Set(list).isDisjoint(with: facts.wallets) ? 0 : 2
        case .role(let role):
            let order: [Role] = [.member, .moderator, .owner]
            guard let own = facts.role.flatMap(order.firstIndex), let least = order.firstIndex(of: role)
            else {
                return 0
            }
            return own >= least ? 2 : 0
        case .invitation: return facts.isInvited ? 2 : 0
        case .all(let parts): return parts.map { value($0, facts) }.min() ?? 2
        case .any(let parts): return parts.map { value($0, facts) }.max() ?? 0
        case .not(let part): return 2 - value(part, facts)
        }
    }

    @Test("a verdict is that of the naive evaluator, and no later reading turns a yes or no round")
    func agrees() throws {
        var random = SeededRandom(seed: 11)
        var seen: Set<Int> = []
        for _ in 0..<3000 {
            let policy = PolicyPropertyTests.policy(&random, levels: 4)
            var facts = PolicyPropertyTests.facts(&random, policy)
            let report = GateReport(policy, facts)
            let value = PolicyPropertyTests.value(policy, facts)
            seen.insert(value)
            #expect(report.verdict == [.no, .unknown, .yes][value])
            #expect((report.refusal == nil) == (report.verdict == .yes))
            #expect((report.refusal == .unavailable) == (report.verdict == .unknown))
            guard report.verdict != .unknown else { continue }
            for query in policy.queries(facts.wallets) {
                if case .holds? = facts.readings[query]?.reading { continue }
                let amount = UInt128(Int.random(in: 0...3, using: &random))
                facts.readings[query] = TimedReading(
                    .holds(amount, slot: 1), checkedAt: Timestamp(milliseconds: 2))
            }
            #expect(GateReport(policy, facts).verdict == report.verdict)
        }
        #expect(seen.count == 3)
    }

    @Test("what is written reads back the same")
    func readsBack() throws {
        var random = SeededRandom(seed: 12)
        for _ in 0..<500 {
            let policy = PolicyPropertyTests.policy(&random, levels: 3)
            guard policy.leaves.count <= GatePolicy.leafLimit else { continue }
            #expect(try GatePolicy(policy.json, field: "gate") == policy)
        }
    }
}
