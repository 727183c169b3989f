import ArgumentParser
import Bytes
import HTTP
import JSON
import Telemetry

/// `stoa log`: shows or changes the level of a running server's log.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show or change the level of a running server's log.",
        discussion: """
            Example:  stoa log --level debug      and back with --level info

            Goes to the running server of the same data directory; after a restart the setting log.level counts again.
            """)

    @Option(help: "debug, info, notice, warning or error; shows the level where it is left out.")
    var level: String?
    @OptionGroup var options: ServerOptions

    func validate() throws {
        if let level, LogLevel(name: level) == nil {
            throw ValidationError(
                "--level is one of \(LogLevel.allCases.map(\.name).joined(separator: ", ")).")
        }
    }

    func run() async throws {
        try await reporting {
            let socket = try ControlClient.running(try options.configuration())
            var body: [UInt8] = []
            if let level {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("level", level)
                writer.endObject()
                body = [UInt8](writer.span)
            }
            let method: HTTPMethod = level == nil ? .get : .put
            let answer = try socket.call(method, "/api/v1/log", body: body, as: "operator")
            let json = try? JSONValue(parsing: answer.body.span)
            guard answer.status == 200, let level = json?["level"]?.string else {
                throw StartError(json?["detail"]?.string ?? "the server answered \(answer.status)")
            }
            Console.print(level)
        }
    }
}
