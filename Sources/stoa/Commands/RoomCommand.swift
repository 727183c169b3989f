import ArgumentParser
import Bytes
import HTTP
import JSON

/// `stoa room`: makes, lists, shows, changes and archives rooms.
struct RoomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room", abstract: "Create, list, show, update or archive rooms.",
        discussion: """
            Goes through the running server of the same data directory where there is one, so that its members see
            changes at once; else to the store itself. Answers are JSON. Exit status 0 when it is done, 2 for a command
            line or configuration that makes no sense, 1 where the server or the store refuses.
            """,
        subcommands: [Create.self, List.self, Show.self, Update.self, Archive.self])

    /// What a room can be told.
    struct Form: ParsableArguments {
        @Option(help: "What it is about.") var description: String?
        @Option(help: "Seats for members; 0 for no limit.") var maxParticipants: Int?
        @Option(help: "true: nobody new can join.") var locked: Bool?
        @Option(help: "Milliseconds between two messages of a member; 0 for none.") var slowModeMs: Int?
        @Option(help: "true: members see how far the others have read.") var readReceipts: Bool?
        @Option(help: "true: senders may ask who has their messages.") var receipts: Bool?
        @Option(help: "Days that messages are kept.") var retentionDays: Int?
        @Option(help: "What people must hold, as JSON: protocol/http.md, Gates.") var gate: String?

        /// Whether it says anything.
        var isEmpty: Bool {
            description == nil && maxParticipants == nil && locked == nil && slowModeMs == nil
                && readReceipts == nil && receipts == nil && retentionDays == nil && gate == nil
        }

        func write(to writer: inout JSONWriter) throws {
            writer.field("description", ifPresent: description)
            if let maxParticipants { writer.field("max_participants", maxParticipants) }
            if let locked { writer.field("locked", locked) }
            if let slowModeMs { writer.field("slow_mode_ms", slowModeMs) }
            if let readReceipts { writer.field("read_receipts", readReceipts) }
            if let receipts { writer.field("receipts", receipts) }
            if let retentionDays { writer.field("retention_days", retentionDays) }
            guard let gate else { return }
            guard let tree = try? JSONValue(parsing: gate) else {
                throw ConfigurationError("--gate is no JSON: \(gate)")
            }
            writer.key("gate")
            tree.write(to: &writer)
        }
    }

    /// `stoa room create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a room.")
        @Option(help: "Its name.") var name: String
        @Option(help: "public, private, token_gated or nft_gated; usually what the gate makes it.")
        var type: String?
        @Option(help: "The person who owns it.") var owner: String = "operator"
        @Option(help: "Its id, a UUID, which makes the command repeatable.") var id: String?
        @OptionGroup var form: Form
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("id", ifPresent: id)
                writer.field("name", name)
                writer.field("type", ifPresent: type)
                try form.write(to: &writer)
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                Console.print(
                    try await backend.call(.post, "/api/v1/rooms", body: body, making: true, as: owner))
            }
        }
    }

    /// `stoa room list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the rooms, newest first.")
        @Option(help: "A cursor from the page before.") var cursor: String?
        @Option(help: "Rooms at most, up to 100.") var limit: Int = 100
        @Flag(help: "Lists archived rooms too.") var archived = false
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let backend = RoomBackend(try options.configuration())
                let place = cursor.map { "&cursor=\($0)" } ?? ""
                let all = archived ? "&archived=true" : ""
                Console.print(try await backend.call(.get, "/api/v1/rooms?limit=\(limit)\(place)\(all)"))
            }
        }
    }

    /// `stoa room show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a room.")
        @Option(help: "Its id.") var id: String
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let backend = RoomBackend(try options.configuration())
                Console.print(try await backend.call(.get, "/api/v1/rooms/\(try checked(id))"))
            }
        }
    }

    /// `stoa room update`.
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Change a room.")
        @Option(help: "Its id.") var id: String
        @Option(help: "A new name.") var name: String?
        @Option(help: "Who may join: public or private open a gate.") var type: String?
        @OptionGroup var form: Form
        @OptionGroup var options: ServerOptions

        func validate() throws {
            guard name != nil || type != nil || !form.isEmpty else {
                throw ValidationError("There is nothing to change: say what, as --name or --slow-mode-ms.")
            }
        }

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("name", ifPresent: name)
                writer.field("type", ifPresent: type)
                try form.write(to: &writer)
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                Console.print(try await backend.call(.patch, "/api/v1/rooms/\(try checked(id))", body: body))
            }
        }
    }

    /// `stoa room archive`.
    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Archive a room: nobody joins or writes any more.")
        @Option(help: "Its id.") var id: String
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let backend = RoomBackend(try options.configuration())
                _ = try await backend.call(.delete, "/api/v1/rooms/\(try checked(id))")
                Console.print("archived \(id)")
            }
        }
    }
}

private func checked(_ id: String) throws(ConfigurationError) -> String {
    guard Identifier.isUUID(id) else { throw ConfigurationError("\"\(id)\" is not a room's id") }
    return id
}
