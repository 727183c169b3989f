import Foundation
import Testing

@testable import stoa_load

/// The load tool's own detection, on a server made to misbehave in each way.
@Suite("Detection")
struct DetectionTests {
    private static let scenario = """
        {"name": "tiny", "about": "Two rooms of three", "kind": "fanout", "rooms": 2, "members": 3,
         "publishers": 1, "arrival": {"deliveriesPerSecond": 1200, "pattern": "even"}, "warm_up_ms": 50,
         "measure_ms": 300, "settle_ms": 300, "patience_ms": \(patience)}
        """
    private static let patience = 20_000

    private static func run(_ fault: String, _ scenario: String = scenario) async throws -> LoadRun {
        let peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Peers").path
        return try await LoadRun(
            [scenario], ["--peers", peers, "--compare", "faulty"], environment: ["FAULT": fault])
    }

    @Test("a server that does nothing wrong passes")
    func none() async throws {
        let run = try await DetectionTests.run("none")
        #expect(run.status == 0, "\(run.text)")
        let outcome = try #require(run.report?.outcomes.first)
        #expect(outcome.faults == Faults())
        #expect(outcome.version == "faulty, none")
        #expect(outcome.measured.deliveries > 50)
    }

    @Test(
        "each fault voids the run, and is told by its name",
        arguments: [
            ("lose", \Faults.lost), ("repeat", \.repeated), ("reorder", \.reordered),
            ("misroute", \.misrouted), ("damage", \.damaged), ("cut", \.damaged), ("refuse", \.refused),
            ("close", \.refused),
        ] as [(String, KeyPath<Faults, Int> & Sendable)])
    func eachFault(_ fault: String, _ count: KeyPath<Faults, Int> & Sendable) async throws {
        let run = try await DetectionTests.run(fault)
        #expect(run.status == 1, "\(run.text)")
        let outcome = try #require(run.report?.outcomes.first)
        #expect(outcome.faults[keyPath: count] > 0, "\(outcome.faults)")
        #expect(run.text.contains("VOID"))
        // What was done to a delivery is not mistaken for something else.
        let others = outcome.faults.total - outcome.faults[keyPath: count]
        let alsoLost =
            ["reorder", "damage", "cut", "refuse", "close"].contains(fault) ? outcome.faults.lost : 0
        #expect(others == alsoLost, "\(outcome.faults)")
    }

    @Test("a delivery that nobody published is damaged or a repeat, never counted")
    func invented() async throws {
        let run = try await DetectionTests.run("invent")
        #expect(run.status == 1)
        let faults = try #require(run.report?.outcomes.first?.faults)
        #expect(faults.damaged > 0)
    }

    @Test("a server that never answers is given up, and the exit status is 2")
    func silent() async throws {
        let impatient = DetectionTests.scenario.replacingOccurrences(of: "20000", with: "300")
        let run = try await DetectionTests.run("silent", impatient)
        #expect(run.status == 2)
        #expect(run.text.contains("came to no end"), "\(run.text)")
    }

    @Test("a server that does not start is told with its own words")
    func unknownServer() async throws {
        let run = try await LoadRun([DetectionTests.scenario], ["--compare", "nobody"])
        #expect(run.status == 2)
        #expect(run.text.contains("no server is called nobody"))
    }
}
