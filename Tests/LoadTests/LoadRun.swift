import Foundation
import StoaTesting

@testable import stoa_load

/// The built load tool, run once over scenarios of a test.
struct LoadRun {
    let status: Int32
    /// Its tables and what it said beside them.
    let text: String
    let report: Report?

    /// - Parameters:
    ///   - scenarios: Files' contents.
    ///   - arguments: Further words of the command.
    init(_ scenarios: [String], _ arguments: [String], environment: [String: String] = [:]) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "load-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var paths: [String] = []
        for (index, scenario) in scenarios.enumerated() {
            paths.append(folder.appending(path: "\(index).json").path)
            try scenario.write(toFile: paths[index], atomically: true, encoding: .utf8)
        }
        let json = folder.appending(path: "report.json").path
        let server = ServerProcess.program
        // Tests share the processors with each other: nothing here is a measurement.
        let given = [
            "--server-bin", server.path, "--server-processor", "-1", "--load-processor", "-1",
            "--directory", folder.appending(path: "data").path, "--json", json,
        ]
        let program = server.deletingLastPathComponent().appending(path: "stoa-load").path
        let tool = try await Tool(program, paths + given + arguments, environment: environment)
        status = tool.status
        text = tool.text
        report = FileManager.default.contents(atPath: json).flatMap {
            try? JSONDecoder().decode(Report.self, from: $0)
        }
    }
}
