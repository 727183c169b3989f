import ArgumentParser
import Gateway
import Glibc
import Reactor

/// The program.
@main
enum Program {
    /// Blocks the signals that the server takes as events while there is one thread, which all others inherit from;
    /// then runs the command line.
    ///
    /// Not an `async` main: its run loop keeps a thread that takes every signal, blocked or not.
    static func main() {
        // What the server writes is its own: messages are nobody else's to read.
        umask(0o077)
        // A file at its size limit is a write that fails, as on a full disk, not the end.
        _ = signal(SIGXFSZ, SIG_IGN)
        let first = CommandLine.arguments.dropFirst().first
        if first == nil || first == "serve" || first?.hasPrefix("-") == true { SignalSource.block() }
        Task.detached {
            await Stoa.runCommandLine()
            exit(0)
        }
        while true { pause() }
    }
}

/// The command line.
struct Stoa: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stoa",
        abstract: "A real-time chat and presence server.",
        discussion: """
            Try it:  stoa serve --dev      and open the link that it prints in two windows.

            Every setting of the configuration is also a variable and a flag: limits.commands_per_second is
            STOA_LIMITS_COMMANDS_PER_SECOND and --limits.commands-per-second. Flags win over variables, variables over
            the file. `stoa config docs` explains them all.

            Exit status: 0 when it is done, 2 for a bad configuration or command line, 1 for everything else.
            """,
        version: ServerVersion.current,
        subcommands: [
            ServeCommand.self, RoomCommand.self, UserCommand.self, KeyCommand.self, TokenCommand.self,
            ConfigCommand.self,
            TailCommand.self, PublishCommand.self, LogCommand.self, AuditCommand.self, DrainCommand.self,
            JobsCommand.self, ProgressCommand.self,
            BackupCommand.self, RestoreCommand.self, MigrateCommand.self, ImportCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    /// Parses the command line and runs what it names; a command line that nobody can read ends with status 2.
    static func runCommandLine() async {
        do {
            var command = try Stoa.parseAsRoot(
                PublishCommand.arguments(Array(CommandLine.arguments.dropFirst())))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard Stoa.exitCode(for: error) == .validationFailure else { Stoa.exit(withError: error) }
            Console.printError(Stoa.fullMessage(for: error))
            Glibc.exit(2)
        }
    }
}
