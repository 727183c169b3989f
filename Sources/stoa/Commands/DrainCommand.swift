import ArgumentParser
import Glibc
import HTTP
import JSON
import Reactor

/// `stoa drain`: stops the running server in order, and waits for its end.
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Stop the running server in order, and wait until it is gone.",
        discussion: """
            Example:  stoa drain      or, where it takes too long:  stoa drain --now

            As SIGTERM does: it is not ready from now on, tells clients to come back, each at another moment within
            drain.window_ms, finishes what they have sent, and closes whoever is left. Goes to the running server of the
            same data directory. Exit status 0 when the process is gone; 1 where none runs, or where it is still there
            after --wait seconds.
            """)

    @Flag(help: "Do not wait for clients to go: close them once what they have sent is done.") var now = false
    @Option(help: "How many seconds to wait for the end, at most.") var wait: Int?
    @OptionGroup var options: ServerOptions

    func validate() throws {
        if let wait, wait < 0 { throw ValidationError("--wait is a number of seconds.") }
    }

    func run() async throws {
        try await reporting {
            let socket = try ControlClient.running(try options.configuration())
            let body = Array(#"{"hurry":\#(now)}"#.utf8)
            let answer = try socket.call(.post, "/api/v1/drain", body: body, as: "operator")
            let json = try? JSONValue(parsing: answer.body.span)
            guard answer.status == 202, let process = json?["process"]?.integer,
                let within = json?["within_ms"]?.integer
            else { throw StartError(json?["detail"]?.string ?? "the server answered \(answer.status)") }
            // Beyond its own bounds it writes what is left to the disk.
            let limit = wait.map { Int64($0) * 1000 } ?? within + 30_000
            let end = MonotonicClock.milliseconds() + limit
            while DrainCommand.isRunning(process) {
                guard MonotonicClock.milliseconds() < end else {
                    throw StartError("the server is still there after \(limit / 1000) s")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Whether a process is there and not only waits for its parent to take note of its end.
    private static func isRunning(_ process: Int64) -> Bool {
        let descriptor = unsafe open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 512)
        let count = unsafe read(descriptor, &text, text.count)
        guard count > 0 else { return false }
        // Behind the name, which is in parentheses and may have any in it, comes the state.
        guard let end = text[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return false }
        return ![UInt8(ascii: "Z"), UInt8(ascii: "X")].contains(text[end + 2])
    }
}
