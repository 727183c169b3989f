import Storage
import Synchronization

/// One thread's connection, made anew where it was lost.
final class Link: Sendable {
    private let target: PostgresTarget
    private let patience: Duration
    private let connectPatience: Duration
    private let availability: Availability
    private let connection = Mutex<PostgresConnection?>(nil)

    init(
        _ target: PostgresTarget, _ availability: Availability, patience: Duration, connectPatience: Duration
    ) {
        self.target = target
        self.availability = availability
        self.patience = patience
        self.connectPatience = connectPatience
    }

    /// The connection.
    ///
    /// - Throws: ``StorageError/unavailable(_:)`` at once where the server is known to be away and it is not this
    ///   thread's turn to try it; else why no connection came about.
    func open() throws(StorageError) -> PostgresConnection {
        guard availability.mayTry() else {
            throw availability.absence?.error ?? .unavailable("it is away")
        }
        if let connection = connection.withLock({ $0 }) { return connection }
        do {
            let made = try PostgresConnection(
                target, turn: availability.nextTurn(), patience: patience, within: connectPatience)
            availability.worked()
            connection.withLock { $0 = made }
            availability.count(open: 1)
            return made
        } catch {
            availability.failed(error)
            throw error
        }
    }

    /// Lets go of a connection that was lost.
    func drop(_ condition: PostgresCondition, _ error: StorageError) {
        close()
        // Silent: the next one would wait as long. Lost: a new connection will tell.
        if condition == .silent { availability.failed(error) } else { availability.passed() }
    }

    /// The server has answered.
    func worked() { if availability.absence != nil { availability.worked() } }

    func close() {
        let wasOpen = connection.withLock { connection in
            defer { connection = nil }
            return connection != nil
        }
        if wasOpen { availability.count(open: -1) }
    }
}
