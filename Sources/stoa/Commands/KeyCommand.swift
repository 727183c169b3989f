import ArgumentParser
import Bytes
import HTTP
import Identity
import JSON

/// `stoa key`: makes, lists, rotates and takes back the keys of back ends and bots.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Create, list, rotate or revoke service keys.",
        discussion: """
            Example:  stoa key create --name news-bot --scope rooms:read --scope publish:topic:news-*

            A key is used where a token is: as `Authorization: Bearer …` or in `auth`. Its text is shown once. Goes through
            the running server of the same data directory where there is one, so that live connections end at once; else
            to the store itself. Answers are JSON.
            """,
        subcommands: [Create.self, List.self, Rotate.self, Revoke.self])

    /// `stoa key create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key, and show its text.")
        @Option(help: "What it is for: the name that others see.") var name: String
        @Option(
            help:
                "rooms:read, rooms:write, progress:write, publish:{pattern}, subscribe:{pattern} or admin; may be repeated."
        )
        var scope: [String] = []
        @Option(help: "How long it is good; for good where it is left out.") var hours: Int?
        @Option(help: "Whose data it belongs to.") var tenant: String = "default"
        @OptionGroup var options: ServerOptions

        func validate() throws {
            guard TokenRules.isName(name) else {
                throw ValidationError("--name has 1 to 64 bytes, something to see and nothing hidden.")
            }
            guard (1...KeyScope.limit).contains(scope.count) else {
                throw ValidationError("--scope is given once at least, and at most \(KeyScope.limit) times.")
            }
            for text in scope where KeyScope(text) == nil {
                throw ValidationError(
                    "--scope is rooms:read, rooms:write, progress:write, publish:{pattern}, subscribe:{pattern} or admin, not \"\(text)\"."
                )
            }
            guard hours.map({ (1...876_000).contains($0) }) ?? true else {
                throw ValidationError("--hours is 1 to 876000.")
            }
        }

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("name", name)
                writer.key("scopes")
                writer.beginArray()
                for text in scope { writer.value(text) }
                writer.endArray()
                writer.field("tenant", tenant)
                if let hours {
                    writer.field("expires_at", Timestamp.now().milliseconds + Int64(hours) * 3_600_000)
                }
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                Console.print(try await backend.call(.post, "/api/v1/keys", body: body, making: true))
            }
        }
    }

    /// `stoa key list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, without their texts.")
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                Console.print(try await RoomBackend(try options.configuration()).call(.get, "/api/v1/keys"))
            }
        }
    }

    /// `stoa key rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a key a new text, and show it; the old one goes on for a while.")
        @Argument(help: "The key's id.") var id: String
        @Option(help: "For how many hours the old text goes on; 0 ends it at once.") var overlap: Int = 24
        @OptionGroup var options: ServerOptions

        func validate() throws {
            guard (0...720).contains(overlap) else { throw ValidationError("--overlap is 0 to 720.") }
        }

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("overlap_ms", Int64(overlap) * 3_600_000)
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                let path = "/api/v1/keys/\(PercentCoding.encode(id))/rotate"
                Console.print(try await backend.call(.post, path, body: body))
            }
        }
    }

    /// `stoa key revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a key back for good; who is connected by it is closed.")
        @Argument(help: "The key's id.") var id: String
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let path = "/api/v1/keys/\(PercentCoding.encode(id))"
                _ = try await RoomBackend(try options.configuration()).call(.delete, path)
            }
        }
    }
}
