import ArgumentParser
import Bytes
import HTTP
import JSON

/// `stoa audit`: prints the record of privileged acts and refusals.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Print who did what with special rights, or was refused it.",
        discussion: """
            One JSON object a line, the oldest first.

            Example:  stoa audit --action server_ban. --since 1763712000000
            """)

    @Option(help: "Only from this time on, in Unix milliseconds.") var since: Int64?
    @Option(help: "Only from before this time, in Unix milliseconds.") var until: Int64?
    @Option(help: "Only what this person did.") var actor: String?
    @Option(help: "Only this action, as ban.add; with a full stop at its end, all that begin so.")
    var action: String?
    @Option(help: "Only what was done to this person or thing.") var target: String?
    @Option(help: "Only what was done in this room.") var room: String?
    @Flag(help: "Go on with new lines as they come.") var follow = false
    @OptionGroup var options: ServerOptions

    private static let pageLines = 1000

    func run() async throws {
        try await reporting {
            let backend = RoomBackend(try options.configuration())
            var last = ""
            while true {
                let text = try await backend.call(.get, path(after: last))
                let lines = text.split(separator: "\n")
                if !lines.isEmpty { Console.print(lines.joined(separator: "\n")) }
                if let line = lines.last {
                    last = (try JSONValue(parsing: String(line)))["id"]?.string ?? last
                }
                if lines.count == AuditCommand.pageLines { continue }
                guard follow else { return }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func path(after last: String) -> String {
        var path = "/api/v1/audit?format=ndjson&limit=\(AuditCommand.pageLines)"
        let items = [
            ("after", last.isEmpty ? nil : last), ("since", since.map { String($0) }),
            ("until", until.map { String($0) }), ("actor", actor), ("action", action), ("target", target),
            ("room", room),
        ]
        for case (let name, let value?) in items { path += "&\(name)=\(PercentCoding.encode(value))" }
        return path
    }
}
