import ArgumentParser
import Gateway

/// The command line.
@main
struct Stoa: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stoa",
        abstract: "A real-time chat and presence server.",
        discussion: """
            Try it:  stoa serve --dev      and open the link that it prints in two windows.

            Every setting of the configuration is also a variable and a flag: limits.commands_per_second is
            STOA_LIMITS_COMMANDS_PER_SECOND and --limits.commands-per-second. Flags win over variables, variables over
            the file. `stoa config docs` explains them all.
            """,
        version: ServerVersion.current,
        subcommands: [
            ServeCommand.self, TokenCommand.self, ConfigCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}
