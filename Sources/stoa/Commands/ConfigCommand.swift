import ArgumentParser

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
                    let shown =
                        setting.isSecret && !value.isEmpty
                        ? "(hidden)" : "\"\(Redaction.applied(to: value))\""
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
                Tells all that is wrong at once, one fault a line, and what may be a mistake as a warning. Nothing is
                connected to, unless --connect asks for it: then the PostgreSQL database and its replicas, each Redis and
                the address of webhooks must answer, and be as `serve` needs them, rights included; exit status 1 where
                one is not.
                """)
        @Flag(
            help:
                "Also ask store.postgres, its replicas, broker.redis and webhooks.url; nothing is changed or sent there."
        )
        var connect = false
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                let configuration = try options.serverConfiguration()
                for warning in ConfigurationCheck.warnings(configuration) {
                    Console.printError("stoa: warning: \(warning)")
                }
                if connect, try await !ConnectionCheck.run(configuration) { throw ExitCode(1) }
                Console.print("The configuration is good.")
            }
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
