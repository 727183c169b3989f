import ArgumentParser
import Bytes
import HTTP
import Identity
import JSON

extension UserCommand {
    /// `stoa user tier`.
    struct Tier: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show or set how many requests a person may make.",
            discussion: """
                Example:  stoa user tier u_ann --to pro      and back to what their token says with --to none

                The person need not have been here yet: a tier waits for them.
                """)
        @OptionGroup var person: Person
        @Option(
            help: "free, plus, pro or power; none takes the person's own away; shows it where it is left out."
        )
        var to: String?
        @OptionGroup var options: ServerOptions

        func validate() throws {
            if let stray = options.settings.first, !stray.hasPrefix("-") {
                throw ValidationError(
                    "The tier stands behind --to: stoa user tier \(person.user) --to \(stray)")
            }
            guard let to, to != "none", RequestTier(rawValue: to) == nil else { return }
            throw ValidationError("--to is free, plus, pro, power or none, not \"\(to)\".")
        }

        func run() async throws {
            try await reporting {
                let backend = RoomBackend(try options.configuration())
                guard let to else {
                    return Console.print(try await backend.call(.get, person.path("users", "/tier")))
                }
                var writer = JSONWriter()
                writer.beginObject()
                writer.key("tier")
                if to == "none" { writer.null() } else { writer.value(to) }
                writer.endObject()
                let body = [UInt8](writer.span)
                Console.print(try await backend.call(.put, person.path("users", "/tier"), body: body))
            }
        }
    }
}
