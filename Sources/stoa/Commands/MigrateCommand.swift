import ArgumentParser
import PostgresStorage
import SQLiteStorage
import Storage

/// `stoa migrate`: brings the store's schema up to date without starting a server.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the store's schema up to date, as `serve` does at its start."
    )

    @Flag(help: "Only tell what would be done.") var dryRun = false
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let pending = try await MigrateCommand.pending(configuration)
            for step in pending { Console.print("\(step.number) \(step.name)") }
            if pending.isEmpty { return Console.print("The schema is up to date.") }
            if dryRun { return Console.print("These steps are missing; nothing was changed.") }
            try await Assembly(configuration: configuration).openStore().close()
            Console.print("The schema is up to date now.")
        }
    }

    private static func pending(_ configuration: Configuration) async throws -> [MigrationStep] {
        let database: any Database
        if var options = configuration.postgres {
            // To look needs no directory.
            options.directory = nil
            let lacks = try await PostgresDatabase.missingRights(options)
            guard lacks.isEmpty else { throw StartError(lacks.joined(separator: "; ")) }
            database = try await PostgresDatabase.open(options, migrates: false)
        } else {
            let directory = configuration.text("data_dir")
            // None yet, and telling makes none.
            guard SQLiteDatabase.exists(in: directory) else { return Migrator.steps }
            database = try await SQLiteDatabase.open(directory: directory, migrates: false)
        }
        do {
            let pending = try await Migrator.pending(database)
            await database.close()
            return pending
        } catch {
            await database.close()
            throw error
        }
    }
}

/// `stoa import`: moves an embedded store into PostgreSQL.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Copy an embedded store into an empty PostgreSQL database.",
        discussion: """
            No server may be running on either. Everything is read again afterwards and compared, table by table; the
            embedded store is left as it was.
            """)

    @Option(help: "The data directory with the embedded store.") var from: String
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            guard var target = try options.configuration().postgres else {
                throw ConfigurationError("store.postgres says where to import it")
            }
            guard SQLiteDatabase.exists(in: from) else {
                throw ConfigurationError("there is no store in \(from)")
            }
            // The embedded store's lock keeps a server of this directory away.
            target.directory = nil
            let source = try await SQLiteDatabase.open(directory: from)
            do {
                let database = try await PostgresDatabase.open(target)
                do {
                    try await StoreCopy(from: source, into: database).run { table in
                        Console.print("\(table.table): \(table.rows) rows, the same in both")
                    }
                    await database.close()
                } catch {
                    await database.close()
                    throw error
                }
                try await PostgresDatabase.indexAnew(target)
            } catch {
                await source.close()
                throw error
            }
            await source.close()
            Console.print("The search index is made. Start the server with store.postgres now.")
        }
    }
}
