/// Judges persons at gates, asking chains only for what the verdict still depends on.
public struct GateKeeper: Sendable {
    private let cache: ReadingCache

    /// A keeper.
    public init(_ cache: ReadingCache) { self.cache = cache }

    /// Judges a person.
    ///
    /// - Parameters:
    ///   - facts: What is known without a chain; readings in it are taken as they are.
    ///   - hint: An item of a collection that the person says they hold.
    public func judge(
        _ policy: GatePolicy, _ facts: GateFacts, _ priority: RequestPriority = .join,
        hint: SolanaAddress? = nil
    ) async -> GateReport {
        GateReport(policy, await complete(policy, facts, priority, hint: hint))
    }

    /// How many questions to chains a verdict would cost now, at least.
    public func cost(_ policy: GatePolicy, _ facts: GateFacts, hint: SolanaAddress? = nil) -> Int {
        guard GateReport(policy, facts).verdict == .unknown else { return 0 }
        return policy.queries(facts.wallets).reduce(0) { sum, query in
            guard facts.readings[query] == nil, !cache.isKept(query) else { return sum }
            if hint != nil, case .collection = query.asset { return sum + 2 }
            return sum + 1
        }
    }

    /// Adds the readings that a verdict depends on; none where it is clear without.
    public func complete(
        _ policy: GatePolicy, _ facts: GateFacts, _ priority: RequestPriority = .join,
        hint: SolanaAddress? = nil
    ) async -> GateFacts {
        guard GateReport(policy, facts).verdict == .unknown else { return facts }
        var facts = facts
        let missing = policy.queries(facts.wallets).filter { facts.readings[$0] == nil }
        await withTaskGroup(of: (HoldingQuery, TimedReading).self) { group in
            for query in missing {
                group.addTask { (query, await cache.reading(query, priority, hint: hint)) }
            }
            for await (query, reading) in group { facts.readings[query] = reading }
        }
        return facts
    }
}
