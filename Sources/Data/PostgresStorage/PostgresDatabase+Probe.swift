public import Storage
import StoreWorkers

extension PostgresDatabase {
    /// Asks the database and its replicas whether they are as a server needs them; nothing is changed there.
    ///
    /// - Returns: What was found, in words, a line for each.
    /// - Throws: ``StorageError`` with the name of the place that does not answer, or is not what it is named for.
    public static func probe(_ options: PostgresOptions) async throws(StorageError) -> [String] {
        let target = try PostgresTarget(options.connection)
        var lines = [try await probe(target, "store.postgres", options)]
        let lacks = try await missingRights(options)
        guard lacks.isEmpty else {
            throw .unavailable("store.postgres (\(target.description)): \(lacks.joined(separator: "; "))")
        }
        lines.append(try await probeSchema(options))
        for (number, replica) in options.replicas.enumerated() {
            let target = try PostgresTarget(replica).forReading
            let key = "store.postgres_replicas, number \(number + 1)"
            lines.append(try await probe(target, key, options, isReplica: true))
        }
        return lines
    }

    private static func probeSchema(_ options: PostgresOptions) async throws(StorageError) -> String {
        var options = options
        options.replicas = []
        let database = try await open(options, migrates: false)
        let result: Result<Int, StorageError>
        do throws(StorageError) {
            result = .success(try await Migrator.pending(database).count)
        } catch {
            result = .failure(error)
        }
        await database.close()
        let missing = try result.get()
        if missing == 0 { return "its schema is up to date" }
        return "its schema lacks \(missing) steps, which `stoa migrate` brings, or `stoa serve`"
    }

    private static func probe(
        _ target: PostgresTarget, _ key: String, _ options: PostgresOptions, isReplica: Bool = false
    ) async throws(StorageError) -> String {
        let patience = options.readPatience
        let name = "\(key) (\(target.description))"
        do throws(StorageError) {
            let (version, isWriting) = try await WorkerThread.run(name: "postgres-probe") {
                () throws(StorageError) in
                try probe(PostgresConnection(target, patience: patience, within: patience))
            }
            if isReplica, isWriting { throw StorageError.conflict("it takes writes, so it is no replica") }
            return "\(name) answers: PostgreSQL \(version)"
        } catch {
            throw .unavailable("\(name): \(error)")
        }
    }

    private static func probe(
        _ connection: PostgresConnection
    ) throws(StorageError) -> (version: String, isWriting: Bool) {
        let rows = try connection.run(
            "SELECT current_setting('server_version'), (NOT pg_is_in_recovery())::int")
        guard var columns = rows.first?.first?.columns else { throw .corrupt("it says nothing") }
        return (try columns.text(), try columns.bool())
    }
}
