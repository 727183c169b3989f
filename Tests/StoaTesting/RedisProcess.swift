import Foundation
import Synchronization

/// A real Redis on a Unix socket of its own, and on a free port where asked for.
public final class RedisProcess: Sendable {
    private let folder: URL
    private let arguments: [String]
    private let process = Mutex<ChildProcess?>(nil)
    /// The port, 0 for none.
    public let port: UInt16

    /// Starts a Redis and waits until it answers.
    ///
    /// - Parameter arguments: Further options, as `--maxmemory 1mb` in two pieces.
    public init(listening: Bool = false, _ arguments: String...) async throws {
        // Short, since the socket's path may have 107 bytes.
        folder = URL(fileURLWithPath: "/tmp/stoa-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = listening ? try FixtureServer.freePort() : 0
        self.arguments =
            [
                "--port", String(port), "--bind", "127.0.0.1", "--unixsocket", folder.path + "/s", "--save",
                "",
                "--appendonly", "no", "--dir", folder.path, "--daemonize", "no",
            ] + arguments
        try await start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Its address as settings name it.
    public var address: String {
        port > 0 ? "redis://127.0.0.1:\(port)" : "unix://\(folder.path)/s"
    }

    /// Starts it, or starts it again: empty, since it keeps nothing.
    public func start() async throws {
        let program = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let program else { throw TestFailure("redis-server is missing: run .ci/install --tests") }
        let log = open(folder.path + "/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(log) }
        let started = try ChildProcess(
            program, arguments, ProcessInfo.processInfo.environment, output: log, errors: log)
        process.withLock { $0 = started }
        try await eventually("Redis answers") {
            // One with a password answers too.
            let answer = try await command("PING")
            return answer.contains("PONG") || answer.contains("NOAUTH")
        }
    }

    /// Ends it without a warning.
    public func kill() { process.withLock { $0 }?.kill() }

    /// Holds it in the midst of whatever it does, or lets it go on.
    public func pause(_ isPaused: Bool) { process.withLock { $0 }?.signal(isPaused ? SIGSTOP : SIGCONT) }

    /// Runs one command.
    ///
    /// - Returns: What `redis-cli` prints.
    @discardableResult
    public func command(_ arguments: String...) async throws -> String {
        try await Tool("/usr/bin/redis-cli", ["-s", folder.path + "/s"] + arguments).text
    }
}
