import ArgumentParser
import Bytes
import HTTP
import Identity
import JSON

/// `stoa user`: keeps people out of the whole server, and lets them in again.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Ban people, sign them out everywhere, lift a lock-out, or set their tier.",
        discussion: """
            Goes through the running server of the same data directory where there is one, so that live connections end
            at once; else to the store itself.
            """,
        subcommands: [
            Ban.self, Unban.self, Bans.self, Revoke.self, Unlock.self, Tier.self, Export.self, Erase.self,
        ])

    /// Whom a command is about.
    struct Person: ParsableArguments {
        @Argument(help: "The person's id.") var user: String
        @Option(help: "Whose data they belong to.") var tenant: String = "default"

        func validate() throws { try Person.check(user) }

        /// Refuses what can be nobody's id.
        static func check(_ user: String) throws {
            guard !TokenRules.isUser(user) else { return }
            throw ValidationError(
                "A person's id is 1 to 64 bytes without white space and hidden characters, not \"\(user)\".")
        }

        /// A path of the API with this person in it.
        func path(_ before: String, _ after: String = "") -> String {
            "/api/v1/\(before)/\(PercentCoding.encode(user))\(after)?tenant=\(PercentCoding.encode(tenant))"
        }
    }

    /// Whom a ban is about: a person, a wallet or a network.
    struct Banned: ParsableArguments {
        @Argument(help: "The person's id; with --wallet or --network that instead.") var name: String
        @Flag(help: "It is a wallet, as solana:ADDRESS or xrpl:ADDRESS.") var wallet = false
        @Flag(help: "It is a network, as 203.0.113.0/24 or 2001:db8::/32.") var network = false
        @Option(help: "Whose data they belong to.") var tenant: String = "default"

        func validate() throws {
            guard !wallet || !network else {
                throw ValidationError("--wallet and --network exclude each other.")
            }
            if isPerson { try Person.check(name) }
            guard wallet, !name.contains(":") else { return }
            throw ValidationError("A wallet is written as solana:ADDRESS or xrpl:ADDRESS, not \"\(name)\".")
        }

        /// Whether it is a person, whom the path names.
        var isPerson: Bool { !wallet && !network }

        /// The API's path.
        var path: String {
            guard isPerson else { return "/api/v1/bans" }
            return "/api/v1/bans/\(PercentCoding.encode(name))?tenant=\(PercentCoding.encode(tenant))"
        }

        /// Says in a body what the path does not.
        func write(to writer: inout JSONWriter) {
            if network { writer.field("network", name) }
            guard wallet, let colon = name.firstIndex(of: ":") else { return }
            writer.field("tenant", tenant)
            writer.key("wallet")
            writer.beginObject()
            writer.field("chain", String(name[..<colon]))
            writer.field("address", String(name[name.index(after: colon)...]))
            writer.endObject()
        }
    }

    /// `stoa user ban`.
    struct Ban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a person, a wallet or a network out; connections from there are closed.")
        @OptionGroup var banned: Banned
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
                banned.write(to: &writer)
                writer.field("reason", ifPresent: reason)
                if let hours {
                    writer.field("until", Timestamp.now().milliseconds + Int64(hours) * 3_600_000)
                }
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                _ = try await backend.call(banned.isPerson ? .put : .post, banned.path, body: body)
            }
        }
    }

    /// `stoa user unban`.
    struct Unban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lift a ban.")
        @OptionGroup var banned: Banned
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                banned.write(to: &writer)
                writer.endObject()
                let body = [UInt8](writer.span)
                _ = try await RoomBackend(try options.configuration()).call(.delete, banned.path, body: body)
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
