import Testing

@testable import stoa_load

@Suite("Report")
struct ReportTests {
    /// A run that cost so much per delivery.
    static func outcome(
        _ server: String, round: Int, nanoseconds: Double, scenario: String = "s",
        transport: Transport = .plain
    ) -> Outcome {
        var measured = Measured()
        measured.seconds = 2
        measured.ownSeconds = 1
        measured.deliveries = 1000
        measured.serverSeconds = nanoseconds * 1000 / 1e9
        var outcome = Outcome(
            scenario: scenario, server: server, measured: measured, faults: Faults(), isOpenLoop: false,
            problems: [])
        outcome.round = round
        outcome.transport = transport
        return outcome
    }

    static func report(_ outcomes: [Outcome]) -> Report {
        let machine = Machine(processor: "p", processors: 2, kernel: "k", commit: "c", date: "d")
        return Report(machine: machine, arguments: ["x"], reference: "floor", outcomes: outcomes)
    }

    @Test("a median is the middle one, or the mean of the middle two")
    func medians() {
        #expect(Report.median([]) == nil)
        #expect(Report.median([3]) == 3)
        #expect(Report.median([9, 1, 2]) == 2)
        #expect(Report.median([8, 1, 2, 4]) == 3)
    }

    @Test("ratios are made within a round: a machine that slows down for a round changes none")
    func ratios() {
        let report = ReportTests.report([
            ReportTests.outcome("floor", round: 0, nanoseconds: 100),
            ReportTests.outcome("stoa", round: 0, nanoseconds: 120),
            ReportTests.outcome("floor", round: 1, nanoseconds: 1000),
            ReportTests.outcome("stoa", round: 1, nanoseconds: 1200),
            ReportTests.outcome("floor", round: 2, nanoseconds: 150),
            ReportTests.outcome("stoa", round: 2, nanoseconds: 180),
        ])
        let ratio = report.ratio("s", "stoa", \.nanosecondsPerDelivery)
        #expect(ratio.map { abs($0 - 1.2) < 1e-9 } == true)
        #expect(report.ratio("s", "floor", \.nanosecondsPerDelivery) == 1)
    }

    @Test("a round without the reference has no ratio, and transports are told apart")
    func missingReference() {
        let report = ReportTests.report([
            ReportTests.outcome("stoa", round: 0, nanoseconds: 120),
            ReportTests.outcome("floor", round: 0, nanoseconds: 100, transport: .tls),
        ])
        #expect(report.ratio("s", "stoa", \.nanosecondsPerDelivery) == nil)
        #expect(report.scenarios == ["s", "s, tls"])
    }

    @Test("sending at a rate, a load that uses more than 70 % of its core voids the run")
    func utilisation() {
        var outcome = ReportTests.outcome("stoa", round: 0, nanoseconds: 100)
        outcome.measured.ownSeconds = 1.42
        #expect(outcome.voidReason == nil, "a closed loop may use it all")
        outcome.isOpenLoop = true
        #expect(outcome.voidReason?.contains("71 %") == true)
        outcome.measured.ownSeconds = 1.4
        #expect(outcome.voidReason == nil)
    }

    @Test("a single fault of any kind voids the run")
    func faults() {
        for fault in [
            Faults(lost: 1), Faults(repeated: 1), Faults(reordered: 1), Faults(misrouted: 1),
            Faults(damaged: 1), Faults(refused: 1),
        ] {
            var outcome = ReportTests.outcome("stoa", round: 0, nanoseconds: 100)
            outcome.faults = fault
            #expect(outcome.voidReason != nil)
            let page = HTMLReport.make(ReportTests.report([outcome]))
            #expect(page.contains("void") && page.contains(fault.words))
        }
    }

    @Test("nothing that a run says can change the page")
    func escaping() {
        var outcome = ReportTests.outcome("<script>", round: 0, nanoseconds: 1, scenario: "a&\"b'")
        outcome.faults.refused = 1
        outcome.problems = ["</td><img src=x>"]
        let page = HTMLReport.make(ReportTests.report([outcome]))
        #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("a&\""))
        #expect(page.contains("a&amp;&quot;b&#39;"))
    }
}
