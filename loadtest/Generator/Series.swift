import Outbound

/// Scenarios on servers, in rounds: within a round the servers take turns, so that what the machine does meanwhile
/// meets all of them.
struct Series {
    /// A server as one scenario meets it.
    struct Contender: Hashable, Sendable {
        var kind: ServerKind
        var transport: Transport
    }

    /// One scenario and all that are compared in it.
    struct Entry: Sendable {
        var scenario: Scenario
        var contenders: [Contender]
    }

    /// What came of it all.
    struct Results {
        /// Round by round, in the order of the runs.
        var outcomes: [Outcome] = []
        /// Servers that could not take part, and why.
        var leftOut: [String: String] = [:]
    }

    var entries: [Entry]
    var rounds: Int
    /// What is the same for all runs.
    var plan: RunningServer.Plan
    var certificate: Certificate?
    /// Whether what is not installed is left out instead of ending the series.
    var skipsMissing: Bool
    var progress: Progress

    /// Every scenario on every server over every transport that both know.
    static func entries(_ scenarios: [Scenario], _ kinds: [ServerKind], _ transports: [Transport]) -> [Entry]
    {
        scenarios.map { scenario in
            let contenders = transports.flatMap { transport in
                kinds.filter { $0.supports(scenario, over: transport) }.map {
                    Contender(kind: $0, transport: transport)
                }
            }
            return Entry(scenario: scenario, contenders: contenders)
        }
    }

    func run() async throws -> Results {
        var results = Results()
        let keeper = try await LoopHost()
        for entry in entries {
            for round in 0..<rounds {
                for contender in entry.contenders where results.leftOut[contender.kind.name] == nil {
                    try await run(entry.scenario, contender, round, keeper, &results)
                }
            }
        }
        return results
    }

    private func run(
        _ scenario: Scenario, _ contender: Contender, _ round: Int, _ keeper: LoopHost,
        _ results: inout Results
    ) async throws {
        let name = contender.kind.name
        let transport = contender.transport == .plain ? "" : " over \(contender.transport.rawValue)"
        progress.note("\(scenario.name): \(name)\(transport), round \(round + 1) of \(rounds)")
        var plan = plan
        plan.kind = contender.kind
        plan.certificate = contender.transport.usesTLS ? certificate : nil
        plan.offersDeflate = contender.transport.offersDeflate
        do {
            var outcome = try await Run(scenario: scenario, plan: plan, keeper: keeper, progress: progress)()
            outcome.round = round
            outcome.transport = contender.transport
            if let reason = outcome.voidReason {
                progress.note("  void: \(reason)")
                for problem in outcome.problems { progress.note("  \(problem)") }
            }
            results.outcomes.append(outcome)
        } catch let error as LoadError where error.isNotInstalled && skipsMissing {
            progress.note("  left out: \(error)")
            results.leftOut[name] = error.description
        }
    }
}
