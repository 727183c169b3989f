import Outbound

/// Scenarios on servers, in rounds: within a round the servers take turns, so that what the machine does meanwhile
/// meets all of them.
struct Series {
    var scenarios: [Scenario]
    var servers: [ServerKind]
    var rounds: Int
    var plan: RunningServer.Plan
    var measureMilliseconds: Int?
    var progress: ((String) -> Void)?

    /// - Returns: Round by round, in the order of the runs.
    func run() async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        let keeper = try await LoopHost()
        for var scenario in scenarios {
            if let measureMilliseconds { scenario.measureMilliseconds = measureMilliseconds }
            for round in 0..<rounds {
                for kind in servers {
                    let hasTLS = plan.certificate != nil
                    guard kind.supports(scenario, tls: hasTLS, deflate: plan.offersDeflate) else { continue }
                    progress?("\(scenario.name): \(kind.rawValue), round \(round + 1) of \(rounds)")
                    var plan = plan
                    plan.kind = kind
                    var outcome = try await Run(scenario: scenario, plan: plan, keeper: keeper)()
                    outcome.round = round
                    if let reason = outcome.voidReason {
                        progress?("  void: \(reason)")
                        for problem in outcome.problems { progress?("  \(problem)") }
                    }
                    outcomes.append(outcome)
                }
            }
        }
        return outcomes
    }
}
