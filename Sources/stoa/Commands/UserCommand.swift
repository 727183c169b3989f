import ArgumentParser
import Bytes
import HTTP
import JSON

/// `stoa user`: keeps people out of the whole server, and lets them in again.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Ban people from the server, sign them out everywhere, or set their tier.",
        discussion: """
            Goes through the running server of the same data directory where there is one, so that live connections end
            at once; else to the store itself.
            """,
        subcommands: [Ban.self, Unban.self, Bans.self, Revoke.self, Tier.self])

    /// Whom a command is about.
    struct Person: ParsableArguments {
        @Argument(help: "The person's id.") var user: String
        @Option(help: "Whose data they belong to.") var tenant: String = "default"

        /// A path of the API with this person in it.
        func path(_ before: String, _ after: String = "") -> String {
            "/api/v1/\(before)/\(PercentCoding.encode(user))\(after)?tenant=\(PercentCoding.encode(tenant))"
        }
    }

    /// `stoa user ban`.
    struct Ban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a person out; their connections are closed.")
        @OptionGroup var person: Person
        @Option(help: "Why, for the list of bans.") var reason: String?
        @Option(help: "For how long; for good where it is left out.") var hours: Int?
        @OptionGroup var options: ServerOptions

        func validate() throws {
            guard hours.map({ (1...876_000).contains($0) }) ?? true else {
                throw ValidationError("--hours is 1 to 876000.")
            }
        }

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("reason", ifPresent: reason)
                if let hours {
                    writer.field("until", Timestamp.now().milliseconds + Int64(hours) * 3_600_000)
                }
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                _ = try await backend.call(.put, person.path("bans"), body: body)
            }
        }
    }

    /// `stoa user unban`.
    struct Unban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lift a ban.")
        @OptionGroup var person: Person
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                _ = try await RoomBackend(try options.configuration()).call(.delete, person.path("bans"))
            }
        }
    }

    /// `stoa user bans`.
    struct Bans: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List who is banned, as JSON.")
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                Console.print(
                    try await RoomBackend(try options.configuration()).call(.get, "/api/v1/bans"))
            }
        }
    }

    /// `stoa user revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back all tokens that a person has been given until now.")
        @OptionGroup var person: Person
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let backend = RoomBackend(try options.configuration())
                _ = try await backend.call(.post, person.path("users", "/revoke"))
            }
        }
    }
}
