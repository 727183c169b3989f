import PostgresStorage
import SQLiteStorage
import Storage

/// Where a store is, so that it can be opened again.
public struct StorePlace: Sendable {
    private let directory = TemporaryDirectory()
    private let connection: String?

    /// A place with nothing in it, or nothing but a schema.
    public init(_ driver: StoreDriver) async throws {
        connection = driver == .postgres ? try await PostgresStores.shared.newDatabase() : nil
    }

    /// Opens the store there.
    public func open() async throws -> TestStore {
        let database: any Database
        if let connection {
            database = try await PostgresStores.open(at: connection)
        } else {
            database = try await SQLiteDatabase.open(directory: directory.path)
        }
        return TestStore(directory, database)
    }
}
