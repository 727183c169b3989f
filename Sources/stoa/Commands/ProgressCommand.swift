import ArgumentParser
import Bytes
import HTTP
import JSON

/// `stoa progress`: looks after the ledger of experience.
struct ProgressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress", abstract: "Make the sums of experience and the leaderboards anew.",
        subcommands: [Rebuild.self])

    /// `stoa progress rebuild`.
    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare the sums with the ledger, and make them what it says.",
            discussion: """
                Prints how many were wrong, as JSON. Goes through the running server of the same data directory where
                there is one, which then shows its leaderboards anew; else to the store itself. One transaction: of a
                ledger of millions of lines, whoever writes waits for seconds.
                """)
        @Option(help: "Only this person's.") var user: String?
        @OptionGroup var options: ServerOptions

        func validate() throws { if let user { try UserCommand.Person.check(user) } }

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("user", ifPresent: user)
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                Console.print(try await backend.call(.post, "/api/v1/progress/rebuild", body: body))
            }
        }
    }
}
