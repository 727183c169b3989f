import Foundation

/// A program that ran to its end.
public struct Tool: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String

    /// Everything that it said.
    public var text: String { output + errors }

    /// Runs a program.
    ///
    /// - Parameter environment: Variables beside those of ``TestEnvironment``.
    public init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["out", "err"].map { folder.appending(path: $0).path }
        let files = paths.map { open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        defer { for file in files { close(file) } }
        var variables = TestEnvironment.variables
        variables.merge(environment) { $1 }
        let process = try ChildProcess(program, arguments, variables, output: files[0], errors: files[1])
        status = await process.exitStatus()
        output = try String(contentsOfFile: paths[0], encoding: .utf8)
        errors = try String(contentsOfFile: paths[1], encoding: .utf8)
    }

    /// Runs a line of shell.
    public static func shell(_ line: String) async throws -> Tool {
        try await Tool("/bin/sh", ["-c", line])
    }

    /// Runs the built program.
    public static func stoa(_ arguments: String..., environment: [String: String] = [:]) async throws -> Tool
    {
        let secret = ["STOA_JWT_SECRET": ServerProcess.secret]
        let variables = secret.merging(environment) { $1 }
        return try await Tool(ServerProcess.program.path, arguments, environment: variables)
    }
}

/// Asks again and again until something holds.
///
/// - Throws: ``TestFailure`` where it does not in time.
public func eventually(
    _ what: String, within seconds: Double = 30, _ holds: () async throws -> Bool
) async throws {
    let deadline = Date().addingTimeInterval(seconds)
    while try await !holds() {
        guard Date() < deadline else { throw TestFailure("not in time: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
