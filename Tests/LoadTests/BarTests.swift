import Foundation
import Testing

@testable import stoa_load

@Suite("Bars")
struct BarTests {
    static func bar(_ fields: String) throws -> Bar {
        let text = #"{"about": "a", "scenario": "s", "figure": "CPU ns per delivery", \#(fields)}"#
        return try JSONDecoder().decode(Bar.self, from: Data(text.utf8))
    }

    static let report = ReportTests.report([
        ReportTests.outcome("floor", round: 0, nanoseconds: 100),
        ReportTests.outcome("stoa", round: 0, nanoseconds: 110),
        ReportTests.outcome("floor", round: 1, nanoseconds: 1000),
        ReportTests.outcome("stoa", round: 1, nanoseconds: 1100),
        ReportTests.outcome("stoa", round: 0, nanoseconds: 220, transport: .tls),
        ReportTests.outcome("stoa", round: 1, nanoseconds: 2200, transport: .tls),
        ReportTests.outcome("floor", round: 0, nanoseconds: 200, scenario: "big"),
        ReportTests.outcome("stoa", round: 0, nanoseconds: 264, scenario: "big"),
    ])

    @Test("a bar against another server is green at its limit and red beyond")
    func againstServer() throws {
        for (limit, verdict) in [(1.11, BarResult.Verdict.green), (1.09, .red)] {
            let bar = try BarTests.bar(#""against": {"server": "floor"}, "at_most": \#(limit)"#)
            #expect(BarResult(bar, BarTests.report).verdict == verdict)
        }
    }

    @Test("a bar against another transport takes its own server's")
    func againstTransport() throws {
        let bar = try BarTests.bar(
            #""transport": "tls", "against": {"transport": "plain"}, "at_least": 1.9"#)
        let result = BarResult(bar, BarTests.report)
        #expect(result.measured.map { abs($0 - 2) < 1e-9 } == true)
        #expect(result.verdict == .green)
    }

    @Test("growth is told beside what grows for everybody")
    func growth() throws {
        let text =
            #"{"about": "a", "scenario": "big", "figure": "CPU ns per delivery","#
            + #""against": {"scenario": "s"}, "beside": "floor", "at_most": 1.25}"#
        let bar = try JSONDecoder().decode(Bar.self, from: Data(text.utf8))
        // 264 / 110 is 2.4, the floor's 200 / 100 is 2.
        #expect(BarResult(bar, BarTests.report).measured.map { abs($0 - 1.2) < 1e-9 } == true)
        #expect(bar.places.count == 4)
    }

    @Test("a difference is taken within a round, and needs a run to be taken to")
    func difference() throws {
        let bar = try BarTests.bar(
            #""difference": true, "against": {"server": "floor"}, "at_most": 60"#)
        // 10 in the first round, 100 in the second.
        let result = BarResult(bar, BarTests.report)
        #expect(result.measured.map { abs($0 - 55) < 1e-9 } == true)
        #expect(throws: LoadError.self) { try BarTests.bar(#""difference": true, "at_most": 60"#) }
    }

    @Test("what did not run, or was void, is neither green nor red, and says why")
    func unknown() throws {
        let missing = try BarTests.bar(#""against": {"server": "nchan"}, "at_most": 1"#)
        var report = BarTests.report
        report.leftOut["nchan"] = "not installed: nchan"
        let result = BarResult(missing, report)
        #expect(result.verdict == .unknown && result.reason == "not installed: nchan")

        report.outcomes[1].faults.lost = 1
        let void = try BarTests.bar(#""at_most": 1000000"#)
        #expect(BarResult(void, report).verdict == .unknown)
        let figure = try BarTests.bar(#""transport": "tls", "at_most": 1"#)
        var silent = BarTests.report
        for index in silent.outcomes.indices { silent.outcomes[index].measured.deliveries = 0 }
        #expect(BarResult(figure, silent).verdict == .unknown)
    }

    @Test(
        "a bar has one bound, known fields, and growth something to grow from",
        arguments: [
            #""at_most": 1, "at_least": 1"#, #""server": "stoa""#, #""at_most": 1, "most": 2"#,
            #""at_most": 1, "beside": "floor""#,
        ])
    func refused(_ fields: String) {
        #expect(throws: (any Error).self) { try BarTests.bar(fields) }
    }

    @Test("loadtest/budgets.json names scenarios, servers and figures that there are")
    func file() throws {
        let folder = ScenarioTests.root.appending(path: "loadtest")
        let budgets = try Budgets.read(path: folder.appending(path: "budgets.json").path)
        let peers = folder.appending(path: "peers").path
        let entries = try budgets.entries(
            scenario: { try Scenario.read(path: folder.appending(path: "scenarios/\($0).json").path) },
            kind: { try ServerKind($0, peers: peers) })
        for entry in entries {
            for contender in entry.contenders {
                #expect(contender.kind.supports(entry.scenario, over: contender.transport))
            }
        }
        #expect(entries.count > 10)
    }
}
