import Bytes
import CPages
import ClientProtocol
import Gateway
import Glibc
import Identity
import PostgresStorage
import PubSub
import Reactor
import Rooms
import SQLiteStorage
import Storage
import Telemetry
import WebSocket

/// Puts the server together: the one place that knows which store and which broker there are.
struct Assembly {
    let configuration: Configuration

    /// The process' secrets: those configured, or with `--dev` one that is kept in the data directory.
    ///
    /// - Parameter making: Whether that one is made where it is missing.
    func secrets(making: Bool = true) throws -> [[UInt8]] {
        let configured = configuration.list("jwt.secret").map { Array($0.utf8) }
        guard configured.isEmpty, configuration.flag("dev") else { return configured }
        let directory = configuration.text("data_dir")
        guard !making else { return [try DevSecret.load(directory: directory)] }
        return DevSecret.stored(directory: directory).map { [$0] } ?? []
    }

    /// Opens the store; where another process still has the embedded one, waits for that one to let it go.
    ///
    /// - Parameter waitsForServer: Whether a PostgreSQL that is away is waited for, as who serves does.
    func openStore(waitsForServer: Bool = false) async throws -> any WatchedDatabase {
        let directory = configuration.text("data_dir")
        let start = MonotonicClock.milliseconds()
        var said = ""
        while true {
            let (words, bound): (String, Int64)
            do throws(StorageError) {
                return try await openStoreNow(in: directory)
            } catch {
                switch error {
                case .locked:
                    bound = configuration.integer("store.lock_wait_ms")
                    words = "waiting for the process that has the store in \(directory)"
                case .unavailable(let reason) where waitsForServer:
                    bound = configuration.integer("store.postgres_start_ms")
                    words = "waiting up to \(bound) ms for the database, which is away: \(reason)"
                default: throw error
                }
                guard MonotonicClock.milliseconds() < start + bound else { throw error }
            }
            if words != said { Log.notice(words) }
            said = words
            guard !SignalSource.isAskedToStop else {
                throw StartError("stopped while it waited for the store")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func openStoreNow(in directory: String) async throws(StorageError) -> any WatchedDatabase {
        if let options = configuration.postgres { return try await PostgresDatabase.open(options) }
        var options = SQLiteOptions()
        options.readers = configuration.int("store.readers")
        return try await SQLiteDatabase.open(directory: directory, options: options)
    }

    /// Where the data is, in words.
    var place: String {
        let directory = configuration.text("data_dir")
        guard let postgres = configuration.postgres, let target = try? PostgresTarget(postgres.connection)
        else {
            return directory
        }
        return "PostgreSQL (\(target.description)), the rest in \(directory)"
    }

    /// The certificates configured, or nil for none.
    func tls() throws -> TLSContext? {
        let identities = configuration.identities
        return identities.isEmpty ? nil : try TLSContext(identities: identities)
    }

    /// How many event loops there are to be.
    var loopCount: Int {
        let wanted = configuration.int("loops")
        return wanted > 0 ? wanted : max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
    }

    /// The addresses to listen on.
    func bind() throws -> [BoundSocket] {
        let host = configuration.text("host")
        guard let address = SocketAddress(host: host, port: UInt16(configuration.int("port"))) else {
            throw ConfigurationError(
                "host is an address in numbers, not \"\(host)\" (\(configuration.source("host")))")
        }
        var sockets = [try bind(address)]
        let path = configuration.text("unix_socket")
        if !path.isEmpty {
            guard let address = SocketAddress(path: path) else {
                throw ConfigurationError("unix_socket is a path of at most 107 bytes")
            }
            sockets.append(try bind(address))
            // The proxy runs as somebody else, in our group.
            _ = unsafe chmod(path, 0o660)
        }
        return sockets
    }

    /// Where the operator's socket is: in the data directory, which only the operator can enter.
    var controlPath: String { configuration.text("data_dir") + "/control.sock" }

    /// The operator's socket, or nil where the data directory's path is too long for one.
    func bindControl() throws -> BoundSocket? {
        guard let address = SocketAddress(path: controlPath) else {
            Log.error("no control socket: the path of the data directory is too long for one")
            return nil
        }
        let socket = try bind(address)
        _ = unsafe chmod(controlPath, 0o600)
        return socket
    }

    /// Where metrics are read without a token, or nil for nowhere.
    func bindMetrics() throws -> BoundSocket? {
        try configuration.metricsAddress.map { try bind($0) }
    }

    private func bind(_ address: SocketAddress) throws -> BoundSocket {
        do throws(SystemError) {
            return try BoundSocket(
                address, loops: loopCount, sharesPort: configuration.flag("handover"))
        } catch {
            switch error.code {
            case EADDRINUSE:
                throw StartError("\(address) is taken: another program listens there. Choose another port.")
            case EACCES: throw StartError("\(address) needs more rights: ports below 1024 are the system's.")
            case EADDRNOTAVAIL: throw StartError("\(address) is not an address of this machine.")
            default: throw StartError("cannot listen on \(address): \(error)")
            }
        }
    }

    /// The pages carried in the binary.
    static func pages() -> StaticPages {
        var pages = StaticPages()
        for index in 0..<stoa_page_count() {
            guard let page = unsafe stoa_page_at(index) else { continue }
            let bytes = unsafe [UInt8](
                UnsafeBufferPointer(start: page.pointee.bytes, count: Int(page.pointee.count)))
            unsafe pages.add(
                path: String(cString: page.pointee.path), type: String(cString: page.pointee.content_type),
                bytes: bytes)
        }
        return pages
    }
}

/// The server cannot start, in words for whoever starts it; exit status 1.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
