import ArgumentParser
import PostgresStorage

/// `stoa config`: shows, checks and explains the configuration.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show, check or explain the configuration.",
        subcommands: [Show.self, Check.self, Docs.self])

    /// `stoa config show`: effective values with their source.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every setting's value and where it comes from.")
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let configuration = try options.configuration()
                for setting in Setting.all {
                    let value = configuration.text(setting.key)
                    let shown = setting.isSecret && !value.isEmpty ? "(hidden)" : "\"\(value)\""
                    Console.print("\(setting.key) = \(shown)  # \(configuration.source(setting.key))")
                }
            }
        }
    }

    /// `stoa config check`: says what is wrong, or that nothing is.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the configuration as `serve` does; exit status 2 where it is bad.",
            discussion: """
                Tells all that is wrong at once, one fault a line. Nothing is connected to, unless --connect asks for it:
                then the PostgreSQL database and its replicas must answer, and be as `serve` needs them.
                """)
        @Flag(help: "Also ask store.postgres and its replicas; nothing is changed there.") var connect = false
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let configuration = try options.serverConfiguration()
                if connect { try await Check.ask(configuration) }
                Console.print("The configuration is good.")
            }
        }

        private static func ask(_ configuration: Configuration) async throws {
            guard var options = configuration.postgres else {
                return Console.print("store.postgres is empty: there is no database to ask.")
            }
            // A server of this directory may be running.
            options.directory = nil
            for answer in try await PostgresDatabase.probe(options) { Console.print(answer) }
        }
    }

    /// `stoa config docs`: every key.
    struct Docs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explain every setting, as a Markdown table.")

        func run() async throws {
            Console.print("| key | default | values | what it does |\n|---|---|---|---|")
            for setting in Setting.all {
                let standard = setting.standard.isEmpty ? "" : "`\(setting.standard)`"
                let unit = setting.unit.isEmpty ? "" : " \(setting.unit)"
                Console.print(
                    "| `\(setting.key)` | \(standard) | \(setting.bounds)\(unit) | \(setting.words) |")
            }
        }
    }
}
