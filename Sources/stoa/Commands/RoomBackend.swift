import Bytes
import Gateway
import Glibc
import HTTP
import Identity
import JSON
import Outbound
import PostgresStorage
import PubSub
import Reactor
import Rooms
import SQLiteStorage
import Storage

/// Where the room commands go: through the running server where there is one, else to the store itself.
struct RoomBackend {
    private let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// One request of the API.
    ///
    /// - Parameters:
    ///   - making: Whether a store is made where there is none.
    ///   - user: In whose name a room is made.
    /// - Returns: The answer's body.
    /// - Throws: ``StartError`` with the refusal's words.
    func call(
        _ method: HTTPMethod, _ path: String, body: [UInt8] = [], making: Bool = false,
        as user: String = "operator"
    ) async throws -> String {
        let response: (status: Int, body: [UInt8])
        let socketPath = Assembly(configuration: configuration).controlPath
        if let socket = ControlClient(path: socketPath) {
            response = try socket.call(method, path, body: body, as: user)
        } else {
            let directory = configuration.text("data_dir")
            guard making || configuration.postgres != nil || SQLiteDatabase.exists(in: directory) else {
                throw ConfigurationError(
                    "there is no store in \(directory) (data_dir, \(configuration.source("data_dir"))): no server has run there"
                )
            }
            response = try await callStore(method, path, body: body, as: user)
        }
        let text = String(decoding: response.body, as: UTF8.self)
        guard (200..<300).contains(response.status) else {
            let detail = (try? JSONValue(parsing: text))?["detail"]?.string
            throw StartError(detail ?? "the server answered \(response.status): \(text)")
        }
        return text
    }

    /// Opens the store. Who only reads a PostgreSQL database makes no data directory for that.
    private func openStore(isReading: Bool) async throws -> any WatchedDatabase {
        if isReading, var options = configuration.postgres {
            options.directory = nil
            return try await PostgresDatabase.open(options)
        }
        return try await Assembly(configuration: configuration).openStore()
    }

    private func callStore(
        _ method: HTTPMethod, _ path: String, body: [UInt8], as user: String
    ) async throws -> (status: Int, body: [UInt8]) {
        let database = try await openStore(isReading: method == .get)
        let group = try EventLoopGroup(count: 1)
        let nodes = HTTPClient()
        defer { nodes.close() }
        let rooms = RoomContext(
            hub: Hub(group.executors), log: MessageLog(database: database),
            rooms: RoomRepository(database: database),
            messages: MessageRepository(database: database), topics: Mailbox(on: group.executors[0]),
            settings: configuration.rooms,
            gates: Assembly(configuration: configuration).gates(database, nodes))
        let target = try RequestTarget(path.utf8Span.span, method: method)
        let access = AccessService(
            AccessRepository(database: database), WiderBanRepository(database: database))
        let keys = ServiceKeyService(
            ServiceKeyRepository(database: database), table: ServiceKeyTable(), access: access,
            limit: configuration.int("limits.service_keys"))
        try await keys.load()
        let tiers = TierService(TierRepository(database: database))
        try await tiers.load()
        let trail = AuditTrail(AuditRepository(database: database))
        let api = LocalAPI(
            rooms, access, keys, tiers, EmailLocks(database: database), trail,
            jobs: JobRepository(database: database), progress: ProgressRepository(database: database))
        let response = await api.call(method, target, body: body, as: user)
        await database.close()
        return (Int(response.status.rawValue), response.body)
    }
}
