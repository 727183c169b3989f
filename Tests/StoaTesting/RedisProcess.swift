import Foundation
import Synchronization

/// A real Redis on a Unix socket of its own, and on a free port where asked for.
public final class RedisProcess: Sendable {
    private let folder: URL
    private let arguments: [String]
    private let process = Mutex<ChildProcess?>(nil)
    /// The port, 0 for none.
    public let port: UInt16

    /// What kind of server it is, with lines of the configuration into which it writes whose replica it becomes, and what
    /// it finds out.
    public enum Role: Sendable {
        case server([String])
        case sentinel([String])
    }

    /// Starts a Redis and waits until it answers.
    ///
    /// - Parameter arguments: Further options, as `--maxmemory 1mb` in two pieces.
    public convenience init(listening: Bool = false, _ arguments: String...) async throws {
        try await self.init(port: listening ? try FixtureServer.freePort() : 0, arguments)
    }

    /// Starts a Redis, or a Sentinel, and waits until it answers.
    ///
    /// - Parameters:
    ///   - port: Where it listens beside its socket, 0 for nowhere.
    ///   - options: Further options, as `--maxmemory 1mb` in two pieces.
    public init(port: UInt16, _ options: [String] = [], _ role: Role = .server([])) async throws {
        // Short, since the socket's path may have 107 bytes.
        folder = URL(fileURLWithPath: "/tmp/stoa-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.port = port
        let own = [
            "port \(port)", "bind 127.0.0.1", "unixsocket \(folder.path)/s", "dir \(folder.path)",
            "daemonize no",
        ]
        let path = folder.path + "/redis.conf"
        let lines: [String]
        switch role {
        case .server(let further):
            // A replica writes what it is sent to a file first, and would begin with that another time.
            lines = own + ["save \"\"", "appendonly no", "rdb-del-sync-files yes"] + further
            arguments = [path] + options
        case .sentinel(let further):
            lines = own + further
            arguments = [path, "--sentinel"] + options
        }
        try lines.joined(separator: "\n").appending("\n").write(
            toFile: path, atomically: true, encoding: .utf8)
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
        try await eventually("Redis answers", within: 30) { answers() }
    }

    /// Whether it answers at all, if only that it wants a password; without a process for each look.
    private func answers() -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: (folder.path + "/s").utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
        }
        guard isConnected, Foundation.send(descriptor, "PING\r\n", 6, Int32(MSG_NOSIGNAL)) == 6 else {
            return false
        }
        var first: UInt8 = 0
        // A `+PONG`, or a `-NOAUTH`.
        return recv(descriptor, &first, 1, 0) == 1
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
        try await command(arguments)
    }

    /// Runs one command.
    ///
    /// - Returns: What `redis-cli` prints.
    @discardableResult
    public func command(_ arguments: [String]) async throws -> String {
        try await Tool("/usr/bin/redis-cli", ["-s", folder.path + "/s"] + arguments).text
    }
}
