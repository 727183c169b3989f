import Foundation
import Synchronization

/// A PostgreSQL server of the tests' own: its files in a directory of its own, reached by a Unix socket, ended with the
/// test process.
public final class PostgresProcess: Sendable {
    /// Where its socket is.
    public let directory: String
    private let settings: [String]
    /// Settings and variables beyond those that every server of the tests has.
    private let extra: (settings: [String], environment: [String: String])
    private let process = Mutex<ChildProcess?>(nil)

    /// Makes a server's files and starts it.
    ///
    /// - Parameters:
    ///   - settings: Lines of its configuration. Without `fsync=on` a crash of the machine loses what it has, one of the
    ///     server alone does not.
    ///   - environment: Further variables of its process.
    public convenience init(_ settings: [String] = [], environment: [String: String] = [:]) async throws {
        try self.init(in: PostgresProcess.newDirectory(), settings, environment)
        // Another order of texts than ours, so that nothing leans on the database's.
        let status = try await run(
            "initdb",
            [
                "-D", data, "-U", "stoa", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--locale-provider=icu", "--icu-locale=en-US", "--no-sync", "--no-instructions",
            ])
        guard status == 0 else { throw TestFailure("initdb failed: \(log.suffix(600))") }
        try await start()
    }

    /// Starts a standby of another server.
    ///
    /// - Parameter isSynchronous: Whether the other acknowledges nothing from now on that the standby has not.
    public convenience init(standbyOf primary: PostgresProcess, isSynchronous: Bool = true) async throws {
        try self.init(
            in: PostgresProcess.newDirectory(), primary.extra.settings, primary.extra.environment)
        try await copy(primary)
        guard isSynchronous else { return }
        try await primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try await primary.query("SELECT pg_reload_conf()")
    }

    private func copy(_ primary: PostgresProcess) async throws {
        let status = try await run(
            "pg_basebackup",
            ["-D", data, "-h", primary.directory, "-U", "stoa", "-R", "-X", "stream", "-c", "fast"])
        guard status == 0 else { throw TestFailure("pg_basebackup failed: \(log.suffix(600))") }
        try await start()
    }

    /// Makes a standby the one that takes writes, for now without one behind it.
    public func promote() async throws {
        try await query("SELECT pg_promote()")
        try await query("ALTER SYSTEM SET synchronous_standby_names = ''")
        try await query("SELECT pg_reload_conf()")
    }

    /// Waits until the synchronous standby has all that is durable here by now: until then nothing may take its place,
    /// since after a crash it shows transactions that nobody else has.
    public func waitForStandby() async throws {
        let position = try await query("SELECT pg_current_wal_flush_lsn()")
        let look = """
            SELECT COUNT(*) FROM pg_stat_replication
            WHERE state = 'streaming' AND sync_state = 'sync' AND flush_lsn >= '\(position)'
            """
        try await eventually("the standby is in step", within: 60) { try await query(look) != "0" }
    }

    /// Begins anew as the standby of another server, which has taken its place, at its old address.
    public func follow(_ primary: PostgresProcess) async throws {
        await kill()
        try FileManager.default.removeItem(atPath: data)
        try await copy(primary)
        try await primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try await primary.query("SELECT pg_reload_conf()")
    }

    /// Waits until it is well again after its disk was full, and starts it where it has given up by itself.
    public func revive() async throws {
        while try await run("pg_isready", ["-q", "-h", directory, "-U", "stoa"]) != 0 {
            if process.withLock({ $0?.isRunning != true }) { try await start() }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static let directories = Mutex<[String]>([])

    private static func removeAll() {
        for directory in directories.withLock({ $0 }) {
            try? FileManager.default.removeItem(atPath: directory)
        }
    }

    private static func newDirectory() -> String {
        FileManager.default.temporaryDirectory.path + "/stoa-pg-" + UUID().uuidString.prefix(8)
    }

    private init(in directory: String, _ settings: [String], _ environment: [String: String]) throws {
        TestEnvironment.ignoresDatabases
        self.directory = directory
        extra = (settings, environment)
        let isFirst = PostgresProcess.directories.withLock { directories in
            directories.append(directory)
            return directories.count == 1
        }
        // Servers that all tests share live to the end of the process.
        if isFirst { atexit { PostgresProcess.removeAll() } }
        self.settings =
            [
                "listen_addresses=", "unix_socket_directories=\(directory)", "fsync=off",
                "max_connections=500",
                // A standby whose primary has fallen looks for it again soon.
                "wal_retrieve_retry_interval=200ms",
            ] + settings
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if getuid() == 0, let user = getpwnam("postgres") {
            chown(directory, user.pointee.pw_uid, user.pointee.pw_gid)
        }
    }

    deinit {
        process.withLock { $0?.kill() }
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var data: String { directory + "/data" }

    /// What it has said so far.
    public var log: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }

    /// How one of its databases is reached.
    public func connection(to database: String = "postgres") -> String {
        "host=\(directory) user=stoa dbname=\(database)"
    }

    /// Starts it, or starts it again, and waits until it takes connections.
    public func start() async throws {
        let child = try await spawn(
            "postgres", ["-D", data] + settings.flatMap { ["-c", $0] })
        process.withLock { $0 = child }
        while child.isRunning {
            if try await run("pg_isready", ["-q", "-h", directory, "-U", "stoa"]) == 0 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TestFailure("PostgreSQL did not start: \(log.suffix(600))")
    }

    /// Ends it as a power cut would, its children too.
    public func kill() async {
        guard let child = process.withLock({ $0 }) else { return }
        let all = children(of: child)
        child.kill()
        for one in all { Foundation.kill(one, SIGKILL) }
        // What they shared is theirs until the last is gone.
        for one in all { while Foundation.kill(one, 0) == 0 { await Task.yield() } }
    }

    /// Holds it and its children up, or lets them go on.
    public func pause(_ isPaused: Bool) {
        guard let child = process.withLock({ $0 }) else { return }
        // The parent first, so that no child is started meanwhile.
        Foundation.kill(child.processID, isPaused ? SIGSTOP : SIGCONT)
        for one in children(of: child) { Foundation.kill(one, isPaused ? SIGSTOP : SIGCONT) }
    }

    private func children(of child: ChildProcess) -> [Int32] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return numbers.compactMap { Int32($0) }.filter { number in
            let status = (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? ""
            // The name before it may hold anything but `)` and a space after it.
            let fields = status.components(separatedBy: ") ").last?.split(separator: " ") ?? []
            return fields.count > 1 && fields[1] == "\(child.processID)"
        }
    }

    /// Runs a statement and returns what `psql` prints of it.
    @discardableResult
    public func query(_ sql: String, in database: String = "postgres") async throws -> String {
        let output = directory + "/out-" + UUID().uuidString
        let file = open(output, O_WRONLY | O_CREAT, 0o600)
        defer {
            close(file)
            unlink(output)
        }
        let child = try ChildProcess(
            "/usr/bin/psql",
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, connection(to: database)],
            ["PATH": "/usr/bin:/bin"], output: file, errors: 2)
        guard await child.exitStatus() == 0 else { throw TestFailure("psql failed: \(sql)") }
        return try String(contentsOfFile: output, encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    // MARK: Processes

    /// Where the server's programs are: Debian keeps them beside each other by version.
    private static let programs: String = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap { Int($0) }.max()
        return newest.map { "\(root)/\($0)/bin" } ?? "/usr/bin"
    }()

    private func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
        try await spawn(program, arguments).exitStatus()
    }

    /// Starts one of its programs as somebody who is not root, which they refuse to run as.
    private func spawn(_ program: String, _ arguments: [String]) async throws -> ChildProcess {
        let user = getuid() == 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        let given = user + ["--pdeathsig", "QUIT", "\(PostgresProcess.programs)/\(program)"] + arguments
        let log = directory + "/log"
        var variables = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        // Its tools are not what is to suffer.
        if program == "postgres" { variables.merge(extra.environment) { $1 } }
        return try await withCheckedThrowingContinuation { [variables] continuation in
            // Its end follows that of the thread that started it, so that thread stays.
            Thread.detachNewThread {
                let file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
                let result = Result {
                    try ChildProcess(
                        "/usr/bin/setpriv", given, variables,
                        output: file, errors: file)
                }
                close(file)
                continuation.resume(with: result)
                if program == "postgres" { while true { sleep(3600) } }
            }
        }
    }
}
