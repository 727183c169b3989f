import Gates
import Rooms
import Telemetry

/// What gates tell to a scrape.
enum GateMetrics {
    /// Writes the gates' figures.
    static func write(_ text: inout Exposition, _ figures: GateFigures) {
        text.begin(Metric("stoa_gate_leases", .gauge, "People behind gates whose standing is known."))
        text.sample(figures.leases)
        text.begin(Metric("stoa_gate_sweeper", .gauge, "Whether this process looks at all behind gates."))
        text.sample(figures.sweeps ? 1 : 0)
        text.begin(Metric("stoa_gate_verdicts_total", .counter, "Judgements at gates' doors, by verdict."))
        text.sample(figures.verdicts[.yes] ?? 0, ["verdict": "yes"])
        text.sample(figures.verdicts[.no] ?? 0, ["verdict": "no"])
        text.sample(figures.verdicts[.unknown] ?? 0, ["verdict": "unknown"])
        text.begin(Metric("stoa_gate_removals_total", .counter, "People whom gates took out, by reason."))
        text.sample(figures.lost, ["reason": "lost"])
        text.sample(figures.unverified, ["reason": "unverified"])
        text.begin(Metric("stoa_gate_questions_total", .counter, "Questions to chains' nodes, by outcome."))
        for (chain, questions) in [("solana", figures.solana), ("xrpl", figures.xrpl)] {
            text.sample(questions.answered, ["chain": chain, "outcome": "answered"])
            text.sample(questions.failed, ["chain": chain, "outcome": "failed"])
            text.sample(questions.unasked, ["chain": chain, "outcome": "unasked"])
        }
    }
}
