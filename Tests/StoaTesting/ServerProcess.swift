import Bytes
import Foundation
import Identity
import Synchronization

/// The built server as a process of its own, on a free port with its own data directory.
public final class ServerProcess: Sendable {
    public static let secret = "end-to-end-tests-secret-0123456789abcdef"

    private struct State {
        var process: ChildProcess?
        var base = ""
        var port: UInt16 = 0
        var lines: [String] = []
    }

    public let directory: URL
    private let arguments: [String]
    private let environment: [String: String]
    private let descriptorLimit: Int?
    private let state = Mutex(State())

    /// Starts a server and waits until it listens.
    ///
    /// - Parameters:
    ///   - settings: Keys and values, given as flags.
    ///   - environment: Further variables.
    ///   - descriptorLimit: How many descriptors the process may have.
    public init(
        _ settings: [String: String] = [:], environment: [String: String] = [:], descriptorLimit: Int? = nil
    ) async throws {
        self.descriptorLimit = descriptorLimit
        directory = FileManager.default.temporaryDirectory.appending(path: "stoa-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // A person's pace is not what most tests are about.
        var all = [
            "limits.commands_per_second": "0", "limits.connections_per_address": "0",
            "limits.connections_per_user": "0", "limits.rooms_per_hour": "0",
            // Nor is how long clients may take to go.
            "drain.window_ms": "0",
        ]
        all.merge(settings) { $1 }
        arguments = all.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] }
        self.environment = environment
        try await start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: directory)
    }

    /// The program, beside the tests.
    public static var program: URL {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = URL(fileURLWithPath: own).deletingLastPathComponent()
        let beside = folder.appending(path: "stoa")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        // Swift Testing may run the bundle by a helper that lives elsewhere; the bundle's path is its argument.
        for argument in CommandLine.arguments where argument.contains(".build") {
            var path = URL(fileURLWithPath: argument)
            while path.pathComponents.count > 2 {
                path = path.deletingLastPathComponent()
                let candidate = path.appending(path: "stoa")
                if FileManager.default.isExecutableFile(atPath: candidate.path), !candidate.hasDirectoryPath {
                    return candidate
                }
            }
        }
        return beside
    }

    /// `http://127.0.0.1:port`.
    public var base: String { state.withLock { $0.base } }
    public var port: UInt16 { state.withLock { $0.port } }
    /// Lines of standard output so far.
    public var output: [String] { state.withLock { $0.lines } }
    public var processID: Int32 { state.withLock { $0.process?.processID ?? 0 } }
    public var isRunning: Bool { state.withLock { $0.process?.isRunning ?? false } }
    public var dataDirectory: URL { directory.appending(path: "data") }

    /// The log so far.
    public var log: String {
        (try? String(contentsOf: directory.appending(path: "stderr.log"), encoding: .utf8)) ?? ""
    }

    /// Starts it, or starts it again on the same port.
    public func start() async throws {
        var given = ["serve", "--data-dir", dataDirectory.path]
        if !arguments.contains("--port") { given += ["--port", String(port)] }
        var variables = TestEnvironment.variables
        variables["STOA_JWT_SECRET"] = ServerProcess.secret
        variables.merge(environment) { $1 }
        let output = try spawn(given + arguments, variables)
        // All lines are kept, also those that come after it listens.
        let lines = ServerProcess.lines(from: output) { [weak self] line in
            self?.state.withLock { $0.lines.append(line) }
        }
        for await line in lines {
            guard line.hasPrefix("listening on http"), let address = line.split(separator: " ").last else {
                continue
            }
            let number = address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
            state.withLock { state in
                state.base = String(address)
                state.port = number
            }
            return
        }
        throw TestFailure("the server did not start: \(self.log.suffix(600))")
    }

    /// One at a time: a child that is started meanwhile would inherit this one's pipe and keep it open.
    private static let spawning = Mutex(())

    /// Does something while no server is being started: makes a descriptor that none is to inherit.
    public static func whileNoneStarts<R>(_ body: () -> R) -> R { spawning.withLock { _ in body() } }

    /// Starts the process.
    ///
    /// - Returns: Where its standard output can be read.
    private func spawn(_ given: [String], _ variables: [String: String]) throws -> Int32 {
        try ServerProcess.spawning.withLock { _ in
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw TestFailure("no pipe") }
            _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
            let log = directory.appending(path: "stderr.log").path
            let errors = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            defer {
                close(ends[1])
                close(errors)
            }
            _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
            let (program, arguments) = command(given)
            let process = try ChildProcess(program, arguments, variables, output: ends[1], errors: errors)
            state.withLock { $0.process = process }
            return ends[0]
        }
    }

    private func command(_ given: [String]) -> (String, [String]) {
        let program = ServerProcess.program.path
        guard let descriptorLimit else { return (program, given) }
        return ("/bin/sh", ["-c", "ulimit -n \(descriptorLimit); exec \"$0\" \"$@\"", program] + given)
    }

    private static func lines(
        from descriptor: Int32, _ keep: @escaping @Sendable (String) -> Void
    ) -> AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                var text: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = read(descriptor, &chunk, chunk.count)
                    guard count > 0 else { break }
                    text += chunk[..<count]
                    while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                        let line = String(decoding: text[..<end], as: UTF8.self)
                        keep(line)
                        continuation.yield(line)
                        text.removeFirst(end + 1)
                    }
                }
                close(descriptor)
                continuation.finish()
            }
        }
    }

    /// Ends it without a warning, as a power cut does.
    public func kill() { state.withLock { $0.process }?.kill() }

    /// Asks it to stop and waits for that.
    ///
    /// - Returns: The exit status.
    @discardableResult
    public func stop() async -> Int32 {
        signal(SIGTERM)
        return await exitStatus()
    }

    public func signal(_ number: Int32) { state.withLock { $0.process }?.signal(number) }

    /// Waits for the process' end.
    public func exitStatus() async -> Int32 { await state.withLock { $0.process }?.exitStatus() ?? -1 }

    /// A token as an operator's own site would sign it.
    public static func token(
        _ user: String, name: String? = nil, seconds: Int64 = 3600, subscribe: [String] = [],
        publish: [String] = [],
        bot: Bool = false, metrics: Bool = false
    ) -> String {
        var grant = grant(user, name: name, seconds: seconds)
        grant.subscribe = subscribe
        grant.publish = publish
        grant.isBot = bot
        grant.mayReadMetrics = metrics
        return sign(grant)
    }

    /// What a token of the operator's own site says.
    public static func grant(_ user: String, name: String? = nil, seconds: Int64 = 3600) -> TokenSigner.Grant
    {
        let expiry = Timestamp(milliseconds: Timestamp.now().milliseconds + seconds * 1000)
        return TokenSigner.Grant(user: user, name: name ?? user, expiresAt: expiry)
    }

    /// Signs as the operator's own site does.
    public static func sign(_ grant: TokenSigner.Grant) -> String {
        TokenSigner(secret: Array(secret.utf8)).sign(grant)
    }
}

/// A test's expectation of the world that did not hold.
public struct TestFailure: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
