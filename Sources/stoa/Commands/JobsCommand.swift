import ArgumentParser
import Bytes
import HTTP
import JSON

/// `stoa jobs`: looks into the job queue, and decides about what was given up.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List, show, retry or drop the queue's jobs.",
        discussion: """
            Goes through the running server of the same data directory where there is one, which then begins at once
            what is retried; else to the store itself. Answers are JSON.

            Example:  stoa jobs list --state dead
            """,
        subcommands: [List.self, Show.self, Retry.self, Drop.self])

    /// `stoa jobs list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List jobs, newest first; without --state all that are not done.")
        @Option(help: "waiting, running, done or dead.") var state: String?
        @Option(help: "Only this kind, as notify or mint.") var kind: String?
        @Option(help: "A cursor from the page before.") var cursor: String?
        @Option(help: "Jobs at most, up to 100.") var limit: Int = 100
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                var path = "/api/v1/jobs?limit=\(limit)"
                for case (let name, let value?) in [("state", state), ("kind", kind), ("cursor", cursor)] {
                    path += "&\(name)=\(PercentCoding.encode(value))"
                }
                Console.print(try await RoomBackend(try options.configuration()).call(.get, path))
            }
        }
    }

    /// `stoa jobs show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a job with what its worker is told.")
        @Argument(help: "Its id.") var id: String
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let backend = RoomBackend(try options.configuration())
                Console.print(try await backend.call(.get, "/api/v1/jobs/\(PercentCoding.encode(id))"))
            }
        }
    }

    /// `stoa jobs retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have jobs begun at once that were given up or wait, with all their attempts anew.",
            usage: """
                stoa jobs retry <id> ... [--setting value ...]
                stoa jobs retry --dead [--kind <kind>] [--setting value ...]
                """)
        @Flag(help: "All that were given up.") var dead = false
        @Option(help: "With --dead: only this kind.") var kind: String?
        @OptionGroup var options: ServerOptions

        /// The ids, which come before the settings: two lists of arguments one after the other there cannot be.
        private var ids: ArraySlice<String> { options.settings.prefix { !$0.hasPrefix("-") } }

        func validate() throws {
            guard ids.isEmpty == dead else {
                throw ValidationError("Say which: ids, or --dead for all that were given up.")
            }
            guard dead || kind == nil else { throw ValidationError("--kind goes with --dead.") }
        }

        func run() async throws {
            try await reporting {
                var options = options
                options.settings.removeFirst(ids.count)
                let backend = RoomBackend(try options.configuration())
                for id in ids {
                    let path = "/api/v1/jobs/\(PercentCoding.encode(id))/retry"
                    Console.print(try await backend.call(.post, path))
                }
                guard dead else { return }
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("state", "dead")
                writer.field("kind", ifPresent: kind)
                writer.endObject()
                let body = [UInt8](writer.span)
                Console.print(try await backend.call(.post, "/api/v1/jobs/retry", body: body))
            }
        }
    }

    /// `stoa jobs drop`.
    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a job that waits or was given up: what it was to do is not done.")
        @Argument(help: "Its id.") var id: String
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let backend = RoomBackend(try options.configuration())
                _ = try await backend.call(.delete, "/api/v1/jobs/\(PercentCoding.encode(id))")
                Console.print("dropped \(id)")
            }
        }
    }
}
