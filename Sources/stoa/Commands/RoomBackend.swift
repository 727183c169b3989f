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
        let api = LocalAPI(rooms, access, keys, tiers, EmailLocks(database: database), trail)
        let response = await api.call(method, target, body: body, as: user)
        await database.close()
        return (Int(response.status.rawValue), response.body)
    }
}

/// A connection to a running server's control socket.
struct ControlClient {
    private let descriptor: CInt

    /// Connects; nil where no server listens there.
    init?(path: String) {
        guard path.utf8.count < 108, !path.isEmpty else { return nil }
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (index, byte) in path.utf8.enumerated() { unsafe target[index] = byte }
        }
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
    }

    /// One request; the connection is closed after it.
    func call(
        _ method: HTTPMethod, _ path: String, body: [UInt8], as user: String
    ) throws -> (status: Int, body: [UInt8]) {
        defer { close(descriptor) }
        var request = Array(
            ("\(method.name) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-stoa-user: \(user)\r\n"
                + "content-length: \(body.count)\r\n\r\n").utf8)
        request += body
        let sent = unsafe request.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        guard sent == request.count else { throw StartError("the running server does not take the request") }
        return try ControlClient.parse(receive())
    }

    private func receive() -> [UInt8] {
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return answer }
            answer += chunk[..<count]
        }
    }

    private static func parse(_ answer: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        var parser = ResponseParser(limits: HTTPLimits(bodyBytes: 64 << 20))
        var position = 0
        var status = 0
        var body: [UInt8] = []
        while let event = try parser.next(in: answer.span, at: &position) {
            switch event {
            case .head(let head): status = Int(head.status.rawValue)
            case .body(let range): body += answer[range]
            case .end: return (status, body)
            }
        }
        guard status != 0 else { throw StartError("the running server did not answer") }
        return (status, body)
    }
}
