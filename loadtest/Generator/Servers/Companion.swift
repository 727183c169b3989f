import Foundation

/// A server beside ours: what several of ours share. Ended with us, its files with it.
final class Companion: Sendable {
    let process: pid_t
    /// How our own server is told of it.
    let address: String
    private let directory: String

    private init(_ process: pid_t, address: String, directory: String) {
        self.process = process
        self.address = address
        self.directory = directory
    }

    /// Starts a Redis that keeps nothing, on a socket of its own.
    ///
    /// - Throws: ``LoadError``, also where it is not installed.
    static func redis(processor: Int?) throws -> Companion {
        let directory = try makeDirectory("redis")
        let socket = directory + "/socket"
        let process = try start(
            [
                "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no",
                "--dir", directory,
            ], "Redis", in: directory, processor)
        try wait("Redis", in: directory, process) { ["redis-cli", "-s", socket, "PING"] }
        return Companion(process, address: "unix://\(socket)", directory: directory)
    }

    /// Makes a PostgreSQL with its usual settings and starts it, on a socket of its own.
    ///
    /// - Throws: ``LoadError``, also where it is not installed.
    static func postgres(processor: Int?) throws -> Companion {
        let directory = try makeDirectory("postgres")
        var user: [String] = []
        if getuid() == 0, let owner = unsafe getpwnam("postgres") {
            // It refuses to run as root.
            user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
            unsafe chown(directory, owner.pointee.pw_uid, owner.pointee.pw_gid)
        }
        let data = directory + "/data"
        let initialising = try start(
            user: user,
            [program("initdb"), "-D", data, "-U", "stoa", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            "PostgreSQL", in: directory, nil)
        guard Spawn.wait(initialising) == 0 else { throw failure("PostgreSQL", in: directory) }
        let process = try start(
            user: user,
            [
                program("postgres"), "-D", data, "-c", "listen_addresses=", "-c",
                "unix_socket_directories=\(directory)", "-c", "max_connections=200",
            ], "PostgreSQL", in: directory, processor)
        try wait("PostgreSQL", in: directory, process) { [program("pg_isready"), "-q", "-h", directory] }
        return Companion(
            process, address: "host=\(directory) user=stoa dbname=postgres", directory: directory)
    }

    /// Ends it; what it has is of no use to anybody.
    func stop() {
        // PostgreSQL takes this for: at once, without keeping what is in memory.
        kill(process, SIGQUIT)
        Spawn.end(process, afterMilliseconds: 2000)
        try? FileManager.default.removeItem(atPath: directory)
    }

    // MARK: Starting

    /// Short, since the path of a socket may have 107 bytes, and reachable for everybody.
    private static func makeDirectory(_ name: String) throws -> String {
        let path = "/tmp/stoa-load-\(name)-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Debian keeps PostgreSQL's programs beside each other by version, outside of `PATH`.
    private static func program(_ name: String) -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap { Int($0) }.max().map { "\(root)/\($0)/bin/\(name)" } ?? name
    }

    private static func start(
        user: [String] = [], _ command: [String], _ name: String, in directory: String, _ processor: Int?
    ) throws -> pid_t {
        var words = processor.map { ["taskset", "-c", "\($0)"] } ?? []
        words += ["setpriv"] + user + ["--pdeathsig", "KILL"] + command
        let log = unsafe open(directory + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(log) }
        return try Spawn.start(words, ProcessInfo.processInfo.environment, output: log, errors: log)
    }

    private static func wait(
        _ name: String, in directory: String, _ process: pid_t, asking: () -> [String]
    ) throws {
        let null = unsafe open("/dev/null", O_WRONLY)
        defer { close(null) }
        for _ in 0..<600 {
            let asked = try Spawn.start(
                asking(), ProcessInfo.processInfo.environment, output: null, errors: null)
            if Spawn.wait(asked) == 0 { return }
            guard !Spawn.hasEnded(process) else { break }
            usleep(50_000)
        }
        throw failure(name, in: directory)
    }

    private static func failure(_ name: String, in directory: String) -> LoadError {
        let words = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
        return LoadError(
            "\(name) did not start: \(words.trimmingCharacters(in: .whitespacesAndNewlines))",
            isNotInstalled: words.contains("No such file"))
    }
}
