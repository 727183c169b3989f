import Foundation
import Testing

@testable import stoa_load

@Suite("Scenario")
struct ScenarioTests {
    static func parse(_ fields: String, kind: String = "fanout") throws -> Scenario {
        let text = #"{"name": "a", "about": "b", "kind": "\#(kind)"\#(fields)}"#
        return try JSONDecoder().decode(Scenario.self, from: Data(text.utf8))
    }

    @Test("what is left out has its default")
    func defaults() throws {
        let scenario = try ScenarioTests.parse("")
        #expect(scenario.channel == .topic)
        #expect(scenario.rooms == 1 && scenario.members == 1 && scenario.publishers == 1)
        #expect(scenario.payloadBytes == 128)
        #expect(scenario.arrival.inFlight == 1 && scenario.arrival.burst == 1)
        #expect(scenario.measureMilliseconds == 5000)
    }

    @Test("an unknown field is refused by its name")
    func unknownField() {
        #expect { try ScenarioTests.parse(#", "membres": 3"#) } throws: { "\($0)".contains("membres") }
        #expect { try ScenarioTests.parse(#", "arrival": {"inflight": 3}"#) } throws: {
            "\($0)".contains("inflight")
        }
    }

    @Test(
        "a value out of its bounds is refused by its name",
        arguments: [
            ("rooms", -1), ("rooms", 0), ("members", 100_001), ("publishers", -1), ("payload_bytes", 23),
            ("payload_bytes", 40_000), ("stalled", 2), ("connecting", 0), ("measure_ms", 99),
            ("warm_up_ms", -1), ("missed", 10_001), ("settle_ms", -1), ("rest_ms", 600_001),
            ("patience_ms", 0), ("bare_group", 0),
        ])
    func bounds(_ name: String, _ value: Int) {
        #expect { try ScenarioTests.parse(#", "\#(name)": \#(value)"#) } throws: { "\($0)".contains(name) }
    }

    @Test(
        "an arrival needs a number under way or a rate, above nothing",
        arguments: [
            "{}", #"{"burst": 4}"#, #"{"inFlight": 0}"#, #"{"inFlight": 1, "burst": 0}"#,
            #"{"deliveriesPerSecond": 0}"#,
        ])
    func arrival(_ text: String) {
        #expect(throws: (any Error).self) { try ScenarioTests.parse(#", "arrival": \#(text)"#) }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("every file of loadtest/scenarios is one, and named after itself")
    func files() throws {
        let folder = ScenarioTests.root.appending(path: "loadtest/scenarios")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count > 10)
        for file in files {
            let scenario = try Scenario.read(path: folder.appending(path: file).path)
            #expect(scenario.name + ".json" == file)
            #expect(scenario.about.count > 10)
        }
    }
}
