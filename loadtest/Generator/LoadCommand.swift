import ArgumentParser
import Foundation
import Reactor

/// `stoa-load`: puts servers under load and checks every delivery.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stoa-load",
        abstract: "Puts a server under load, checks every delivery, and tells what it cost.",
        discussion: """
            Starts each server on one processor, works on another, runs the scenarios and prints Markdown tables:
            medians over the rounds, ratios made within a round.

              stoa-load --list
              stoa-load loadtest/scenarios/echo-100.json
              stoa-load loadtest/scenarios/fanout-1000-*.json --compare stoa,floor --rounds 5 --html out.html
              stoa-load loadtest/scenarios/echo-100.json --transport plain,tls,deflate
              stoa-load --bars loadtest/budgets.json --rounds 3

            A run is void where a delivery was lost, repeated, reordered, misrouted or damaged, where the server
            refused something, or where, sending at a rate, the load used more than 70 % of its own core.

            Exit status: 0 all well, 1 a run was void, 2 something could not be done at all. A bar that is red is a
            result, not a failure.
            """)

    @Argument(help: "Scenario files.") var scenarios: [String] = []
    @Flag(help: "Print what the scenarios are, and end.") var list = false
    @Option(help: "Run what a file of bars needs, and print which are met.") var bars: String?

    @Option(
        help: ArgumentHelp(
            "Servers, separated by commas: \(ServerKind.known.map(\.name).joined(separator: ", ")), or any folder "
                + "of peers."))
    var compare = "stoa"
    @Option(help: "plain, tls, deflate, tls+deflate; several are separated by commas.")
    var transport = "plain"
    @Option(help: "Rounds; servers take turns within each.") var rounds = 1
    @Option(help: "The server whose figures are 1 in the ratios; the first one.") var reference: String?
    @Option(help: "Measure for so many milliseconds, whatever the scenario says.") var measureMs: Int?
    @Flag(help: "Go on without servers that are not installed.") var skipMissing = false

    @Option(help: "The built server.") var serverBin = ".build/release/stoa"
    @Option(help: "The folder of peers: each has a `run` as loadtest/peers/README.md says.")
    var peers = "loadtest/peers"
    @Option(help: "Where servers keep data while they run.") var directory = ".build/load"
    @Option(parsing: .unconditional, help: "The server's processor; -1 for any.") var serverProcessor = 0
    @Option(parsing: .unconditional, help: "The load's processor; -1 for any.") var loadProcessor = 1
    @Option(name: .customLong("set"), help: "A setting of our own server, as loops=2; may be repeated.")
    var settings: [String] = []
    @Option(parsing: .singleValue, help: "A word before the server's command, as perf; may be repeated.")
    var wrapper: [String] = []

    @Option(help: "Write the results to a file as JSON.") var json: String?
    @Option(help: "Write the results to a file as one page with plots.") var html: String?
    @Flag(help: "A line a second on standard error; so it is where that is a terminal.") var progress = false
    @Flag(help: "Nothing on standard error but what is wrong.") var quiet = false

    func validate() throws {
        guard list || bars != nil || !scenarios.isEmpty else {
            throw ValidationError("No scenario is given; --list prints those that there are.")
        }
        guard rounds > 0 else { throw ValidationError("There must be a round.") }
    }

    func run() async throws {
        DescriptorTable.prepare(for: 65_536)
        do {
            if list { return try printList() }
            let isVoid = try await measure()
            if isVoid { throw ExitCode(1) }
        } catch let error as LoadError {
            FileHandle.standardError.write(Data("stoa-load: \(error)\n".utf8))
            throw ExitCode(2)
        }
    }

    private func printList() throws {
        let folder = "loadtest/scenarios"
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let paths =
            scenarios.isEmpty
            ? found.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" } : scenarios
        guard !paths.isEmpty else { throw LoadError("there are no scenarios in \(folder)") }
        for scenario in try paths.map({ try Scenario.read(path: $0) }) {
            print(scenario.name.padding(toLength: 26, withPad: " ", startingAt: 0) + scenario.about)
        }
    }

    private func measure() async throws -> Bool {
        if loadProcessor >= 0 { try Processor.bind(to: loadProcessor) }
        let budgets = try bars.map { try Budgets.read(path: $0).limited(to: chosenNames()) }
        let entries = try budgets.map(entries) ?? entries()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let series = Series(
            entries: entries, rounds: rounds, plan: try plan(),
            certificate: try certificate(for: entries), skipsMissing: skipMissing, progress: shown)
        let results = try await series.run()
        let first = entries.first?.contenders.first?.kind.name ?? ""
        var report = Report(
            machine: Machine.describe(), arguments: Array(CommandLine.arguments.dropFirst()),
            reference: reference ?? first, outcomes: results.outcomes, leftOut: results.leftOut)
        report.bars = budgets?.bars.map { BarResult($0, report) } ?? []
        print(TableReport.make(report))
        if let json { try JSONReport.make(report).write(to: URL(fileURLWithPath: json)) }
        if let html { try Data(HTMLReport.make(report).utf8).write(to: URL(fileURLWithPath: html)) }
        return report.outcomes.contains { $0.voidReason != nil }
    }

    private var shown: Progress {
        Progress(
            isShown: !quiet, isDetailed: progress || isatty(FileHandle.standardError.fileDescriptor) == 1)
    }
}

// MARK: What the words mean

extension LoadCommand {
    private func entries() throws -> [Series.Entry] {
        let kinds = try compare.split(separator: ",").map { try ServerKind(String($0), peers: peers) }
        let transports = try transport.split(separator: ",").map { name in
            guard let transport = Transport(rawValue: String(name)) else {
                throw LoadError("no transport is called \(name)")
            }
            return transport
        }
        return Series.entries(try scenarios.map { try read($0) }, kinds, transports)
    }

    private func entries(_ budgets: Budgets) throws -> [Series.Entry] {
        let given = try scenarios.map { try read($0) }
        let folder = URL(fileURLWithPath: bars ?? "").deletingLastPathComponent().path + "/scenarios"
        return try budgets.entries(
            scenario: { name in try given.first { $0.name == name } ?? read("\(folder)/\(name).json") },
            kind: { try ServerKind($0, peers: peers) })
    }

    /// Scenario files beside --bars choose among the bars; none choose all.
    private func chosenNames() throws -> Set<String> { Set(try scenarios.map { try read($0).name }) }

    private func read(_ path: String) throws -> Scenario {
        var scenario = try Scenario.read(path: path)
        if let measureMs { scenario.measureMilliseconds = measureMs }
        return scenario
    }

    private func certificate(for entries: [Series.Entry]) throws -> Certificate? {
        let usesTLS = entries.contains { $0.contenders.contains { $0.transport.usesTLS } }
        return usesTLS ? try Certificate.make(in: directory) : nil
    }

    private func plan() throws -> RunningServer.Plan {
        var chosen: [String: String] = [:]
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw LoadError("--set \(setting) is not key=value") }
            chosen[parts[0]] = parts[1]
        }
        return RunningServer.Plan(
            kind: .stoa, program: serverBin, peers: peers, directory: directory,
            secret: "a-secret-of-the-load-tool-0123456789abcdef",
            processor: serverProcessor >= 0 ? serverProcessor : nil, certificate: nil, offersDeflate: false,
            settings: chosen, wrapper: wrapper)
    }
}
