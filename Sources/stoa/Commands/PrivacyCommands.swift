import ArgumentParser
import Bytes
import HTTP
import JSON

extension UserCommand {
    /// `stoa user export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what is kept of a person, one JSON object a line.",
            discussion: "Goes to the running server of the same data directory.")
        @OptionGroup var person: Person
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let server = RunningServer(try options.configuration())
                let job = try server.call(.post, person.path("users", "/export"))
                guard let id = job["job"]?.string else {
                    throw StartError("the server did not say which job")
                }
                let done = try await server.wait {
                    try server.call(.get, person.path("users", "/export/\(id)"))
                }
                for part in 0..<Int(done["parts"]?.integer ?? 0) {
                    let text = try server.text(.get, person.path("users", "/export/\(id)/parts/\(part)"))
                    Console.print(String(text.dropLast()))
                }
            }
        }
    }

    /// `stoa user erase`.
    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase what is kept of a person; prints the receipt. This cannot be taken back.",
            discussion: "Goes to the running server of the same data directory.")
        @OptionGroup var person: Person
        @Option(help: "The person's id once more.") var confirm: String
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let server = RunningServer(try options.configuration())
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("confirm", confirm)
                writer.endObject()
                let body = [UInt8](writer.span)
                let job = try server.call(.post, person.path("users", "/erase"), body: body)
                guard let id = job["job"]?.string else {
                    throw StartError("the server did not say which job")
                }
                let done = try await server.wait { try server.call(.get, "/api/v1/erasures/\(id)") }
                var text = JSONWriter()
                done.write(to: &text)
                Console.print(text.text())
            }
        }
    }
}

/// A running server, for commands whose work goes on behind the answer.
private struct RunningServer {
    private let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// A request's answer as text.
    func text(_ method: HTTPMethod, _ target: String, body: [UInt8] = []) throws -> String {
        let answer = try ControlClient.running(configuration).call(method, target, body: body, as: "operator")
        let text = String(decoding: answer.body, as: UTF8.self)
        guard (200..<300).contains(answer.status) else {
            let detail = (try? JSONValue(parsing: text))?["detail"]?.string
            throw StartError(detail ?? "the server answered \(answer.status)")
        }
        return text
    }

    /// A request's answer as JSON.
    func call(_ method: HTTPMethod, _ target: String, body: [UInt8] = []) throws -> JSONValue {
        try JSONValue(parsing: text(method, target, body: body))
    }

    /// Asks until the job is at its end.
    func wait(_ ask: () throws -> JSONValue) async throws -> JSONValue {
        while true {
            let job = try ask()
            switch job["state"]?.string {
            case "running": try await Task.sleep(for: .milliseconds(100))
            case "done": return job
            default: throw StartError("the server could not do it; its log says why")
            }
        }
    }
}
