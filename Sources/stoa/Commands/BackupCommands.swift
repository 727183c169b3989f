import ArgumentParser
import PostgresStorage
import SQLiteStorage

/// `stoa backup`: copies the store while the server runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store to a file, also while the server runs.")

    @Option(help: "The file to write; it must not exist.") var to: String
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            let directory = try options.embeddedStore()
            try SQLiteDatabase.backup(directory: directory, to: to)
            Console.print("wrote \(to)")
        }
    }
}

/// `stoa restore`: replaces the store by a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Replace the store by a backup; no server may be running on it.",
        discussion: """
            Every room begins a new epoch, so that clients which saw more than the backup has fetch it anew. With
            store.postgres, put the backup back with PostgreSQL's tools; then this, without --from, begins the epochs. It
            refuses while the database has connections of servers.
            """)

    @Option(help: "The backup to read, of the embedded store.") var from: String?
    @Flag(help: "Do it though PostgreSQL has connections of servers, as a pooler may keep them.")
    var force = false
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            if from == nil, let postgres = try options.configuration().postgres {
                if !force { try await RestoreCommand.refuseServers(postgres) }
                let count = try await PostgresDatabase.beginEpochs(postgres)
                return Console.print("\(count) rooms begin a new epoch")
            }
            let directory = try options.embeddedStore()
            guard let from else { throw ConfigurationError("--from says which backup to read") }
            try SQLiteDatabase.restore(from: from, directory: directory)
            Console.print("restored \(from) into \(directory)")
        }
    }

    private static func refuseServers(_ options: PostgresOptions) async throws {
        let count = try await PostgresDatabase.otherConnections(options)
        guard count > 0 else { return }
        throw StartError(
            "the database is in use: it has \(count) connections of other stoa processes (pg_stat_activity, application_name). Stop all servers first; where a pooler keeps their connections, --force does it nevertheless."
        )
    }
}

extension ServerOptions {
    /// The directory of the embedded store.
    ///
    /// - Throws: ``ConfigurationError`` where the store is a PostgreSQL database, which has its own tools.
    fileprivate func embeddedStore() throws -> String {
        let configuration = try configuration()
        guard configuration.postgres == nil else {
            throw ConfigurationError(
                "the store is a PostgreSQL database (store.postgres, \(configuration.source("store.postgres"))): back it up with pg_dump, or continuously by its write-ahead log"
            )
        }
        return configuration.text("data_dir")
    }
}
