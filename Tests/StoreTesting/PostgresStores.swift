import PostgresStorage
import StoaTesting
import Storage

/// The drivers that keep the store's contract.
public enum StoreDriver: String, CaseIterable, Sendable {
    case sqlite
    case postgres
}

/// One PostgreSQL server for all tests of a process, with a database for each.
public actor PostgresStores {
    public static let shared = PostgresStores()

    private var starting: Task<PostgresProcess, any Error>?
    private var count = 0

    /// Opens a new store in a new database.
    public func open(_ change: (inout PostgresOptions) -> Void = { _ in }) async throws -> PostgresDatabase {
        var options = PostgresOptions(connection: try await newDatabase())
        options.readers = 2
        // Of a busy machine, not of a database that is away.
        options.readPatience = .seconds(30)
        options.writePatience = .seconds(30)
        change(&options)
        return try await PostgresDatabase.open(options)
    }

    /// Opens a store that is reached as a test says.
    public static func open(at connection: String) async throws -> PostgresDatabase {
        var options = PostgresOptions(connection: connection)
        options.readers = 1
        options.readPatience = .seconds(30)
        options.writePatience = .seconds(30)
        return try await PostgresDatabase.open(options)
    }

    /// Makes a database with an empty store.
    ///
    /// - Returns: How it is reached.
    public func newDatabase() async throws -> String {
        let server = try await server()
        count += 1
        let name = "store_\(count)"
        try await server.query("CREATE DATABASE \(name) TEMPLATE store_template")
        return server.connection(to: name)
    }

    /// The server, with a template.
    public func server() async throws -> PostgresProcess {
        if let starting { return try await starting.value }
        let task = Task {
            let server = try await PostgresProcess()
            try await server.query("CREATE DATABASE store_template")
            var options = PostgresOptions(connection: server.connection(to: "store_template"))
            options.readPatience = .seconds(30)
            try await PostgresDatabase.migrate(options)
            return server
        }
        starting = task
        return try await task.value
    }
}
