import ArgumentParser
import SQLiteStorage

/// `stoa backup`: copies the store while the server runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store to a file, also while the server runs.")

    @Option(help: "The file to write; it must not exist.") var to: String
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            let directory = try options.configuration().text("data_dir")
            try SQLiteDatabase.backup(directory: directory, to: to)
            Console.print("wrote \(to)")
        }
    }
}

/// `stoa restore`: replaces the store by a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Replace the store by a backup; no server may be running on it.",
        discussion:
            "Every room begins a new epoch, so that clients which saw more than the backup has fetch it anew."
    )

    @Option(help: "The backup to read.") var from: String
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            let directory = try options.configuration().text("data_dir")
            try SQLiteDatabase.restore(from: from, directory: directory)
            Console.print("restored \(from) into \(directory)")
        }
    }
}
