import ArgumentParser
import Foundation

/// `stoa-load`: puts servers under load and checks every delivery.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stoa-load",
        abstract: "Puts a server under load, checks every delivery, and tells what it cost.",
        discussion: """
            A run is void, and the exit status 1, where a delivery was lost, repeated, reordered, misrouted or
            damaged, where the server refused something, or where the load itself was too busy to be trusted.

            Example:  stoa-load loadtest/scenarios/fanout-1000-single.json --compare stoa,floor --rounds 5
            """)

    @Argument(help: "Scenario files.") var scenarios: [String]
    @Option(
        help: "Servers, separated by commas: \(ServerKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var compare = "stoa"
    @Option(help: "Rounds; servers take turns within each.") var rounds = 1
    @Option(help: "The server whose figures are 1 in the ratios.") var reference: String?
    @Option(help: "The built server.") var serverBin = ".build/release/stoa"
    @Option(help: "The folder of peers.") var peers = "loadtest/peers"
    @Option(help: "Where servers keep data while they run.") var directory = ".build/load"
    @Option(help: "The server's processor; -1 for any.") var serverProcessor = 0
    @Option(help: "The load's processor; -1 for any.") var loadProcessor = 1
    @Flag(help: "Speak TLS.") var tls = false
    @Flag(help: "Offer permessage-deflate.") var deflate = false
    @Option(help: "Measure for so many milliseconds, whatever the scenario says.") var measureMs: Int?
    @Option(name: .customLong("set"), help: "A setting of our own server, as loops=2; may be repeated.")
    var settings: [String] = []
    @Option(parsing: .singleValue, help: "A word before the server's command, as perf; may be repeated.")
    var wrapper: [String] = []
    @Option(help: "Write the results to a file as JSON.") var json: String?
    @Option(help: "Write the results to a file as one page with plots.") var html: String?
    @Flag(help: "No progress on standard error.") var quiet = false

    func run() async throws {
        do {
            let isVoid = try await measure()
            if isVoid { throw ExitCode(1) }
        } catch let error as LoadError {
            FileHandle.standardError.write(Data("stoa-load: \(error)\n".utf8))
            throw ExitCode(2)
        }
    }

    private func measure() async throws -> Bool {
        if loadProcessor >= 0 { try Processor.bind(to: loadProcessor) }
        let files = try scenarios.map { try Scenario.read(path: $0) }
        let kinds = try compare.split(separator: ",").map { name in
            guard let kind = ServerKind(rawValue: String(name)) else {
                throw LoadError("no server is called \(name)")
            }
            return kind
        }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let series = Series(
            scenarios: files, servers: kinds, rounds: rounds, plan: try plan(),
            measureMilliseconds: measureMs,
            progress: quiet ? nil : { FileHandle.standardError.write(Data(($0 + "\n").utf8)) })
        let results = try await series.run()
        let report = Report(
            machine: Machine.describe(), arguments: Array(CommandLine.arguments.dropFirst()),
            reference: reference ?? kinds[0].rawValue, outcomes: results)
        print(TableReport.make(report))
        if let json { try JSONReport.make(report).write(to: URL(fileURLWithPath: json)) }
        if let html { try Data(HTMLReport.make(report).utf8).write(to: URL(fileURLWithPath: html)) }
        return results.contains { $0.voidReason != nil }
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
            processor: serverProcessor >= 0 ? serverProcessor : nil,
            certificate: tls ? try Certificate.make(in: directory) : nil, offersDeflate: deflate,
            settings: chosen, wrapper: wrapper)
    }
}
