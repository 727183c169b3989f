import Bytes
import Foundation
import Reactor

/// A server under load: a process of its own, bound to one processor, ended with us.
final class RunningServer: Sendable {
    /// What is started, and how.
    struct Plan: Sendable {
        var kind: ServerKind
        /// The built `stoa`.
        var program: String
        /// `loadtest/peers`.
        var peers: String
        /// Where a server may keep its data.
        var directory: String
        var secret: String
        /// The processor that it runs on, or nil for all.
        var processor: Int?
        var certificate: Certificate?
        var offersDeflate: Bool
        /// Settings for our own server.
        var settings: [String: String]
        /// Words between us and the command, as a profiler with its flags.
        var wrapper: [String]
    }

    let process: pid_t
    let address: SocketAddress
    let version: String
    // Held open: a server that prints later must not meet a broken pipe.
    private let output: FileHandle

    /// Starts a server and waits until it listens; on a thread that lives on, whose end would be the server's.
    ///
    /// - Throws: ``LoadError``; where a peer is not installed, it says what is missing.
    init(_ plan: Plan) throws {
        let isOurs = plan.kind.instances != nil
        let port = isOurs ? 0 : try FreePort.find()
        let command = RunningServer.command(plan, port: port)
        let pipe = Pipe()
        // setpriv ends the server when we die in whatever way; taskset keeps it off the load's processor.
        var words = ["/usr/bin/setpriv", "--pdeathsig", "KILL"]
        if let processor = plan.processor { words += ["taskset", "-c", "\(processor)"] }
        words += plan.wrapper + command
        var environment = ProcessInfo.processInfo.environment
        if isOurs { environment["STOA_JWT_SECRET"] = plan.secret }
        let log = plan.directory + "/server.log"
        let errors = unsafe open(log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(errors) }
        process = try Spawn.start(
            words, environment, output: pipe.fileHandleForWriting.fileDescriptor, errors: errors)
        try pipe.fileHandleForWriting.close()
        output = pipe.fileHandleForReading
        var lines = LineSource(output.fileDescriptor)
        var found: SocketAddress?
        var version = ""
        while found == nil, let line = lines.next() {
            if line.hasPrefix("version: ") { version = String(line.dropFirst(9)) }
            if line == "ready" { found = SocketAddress(host: "127.0.0.1", port: port) }
            if line.hasPrefix("listening on "), let text = line.split(separator: ":").last,
                let port = UInt16(text)
            {
                found = SocketAddress(host: "127.0.0.1", port: port)
            }
        }
        guard let found else {
            let status = Spawn.wait(process)
            let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw LoadError(
                "\(plan.kind.name) did not start: \(words.trimmingCharacters(in: .whitespacesAndNewlines))",
                isNotInstalled: !isOurs && status == 3)
        }
        address = found
        self.version = isOurs ? Spawn.firstLine(of: [plan.program, "--version"]) : version
    }

    /// Ends it, at the latest after five seconds.
    func stop() {
        kill(process, SIGTERM)
        Spawn.end(process, afterMilliseconds: 5000)
    }

    private static func command(_ plan: Plan, port: UInt16) -> [String] {
        guard plan.kind.instances != nil else {
            var words = ["\(plan.peers)/\(plan.kind.name)/run", "\(port)"]
            if let certificate = plan.certificate {
                words += ["--tls", certificate.certificatePath, certificate.keyPath]
            }
            return plan.offersDeflate ? words + ["--deflate"] : words
        }
        var settings = [
            "limits.commands_per_second": "0", "limits.connections_per_address": "0",
            "limits.connections_per_user": "0", "limits.control_frames_per_second": "0",
            "limits.rooms_per_hour": "0", "loops": "1",
            "drain.window_ms": "0",
        ]
        settings.merge(plan.settings) { $1 }
        if let certificate = plan.certificate {
            settings["tls.certificate"] = certificate.certificatePath
            settings["tls.key"] = certificate.keyPath
        }
        let flags = settings.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] }
        return [plan.program, "serve", "--port", "0", "--echo", "--data-dir", plan.directory + "/data"]
            + flags
    }
}

/// A certificate for `localhost`, signed by itself.
struct Certificate: Sendable {
    let certificatePath: String
    let keyPath: String

    /// Makes one by OpenSSL's tool.
    static func make(in directory: String) throws -> Certificate {
        let made = Certificate(
            certificatePath: directory + "/certificate.pem", keyPath: directory + "/key.pem")
        let words = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
            made.keyPath, "-out", made.certificatePath,
        ]
        let null = unsafe open("/dev/null", O_WRONLY)
        defer { close(null) }
        let process = try Spawn.start(
            words, ProcessInfo.processInfo.environment, output: null, errors: null)
        guard Spawn.wait(process) == 0 else { throw LoadError("openssl could not make a certificate") }
        return made
    }
}
