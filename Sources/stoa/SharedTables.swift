import JSON
import PubSub
import Reactor
import Storage
import Synchronization
import Telemetry

/// Keeps what each process has in memory of the store's small tables, who may not come in, service keys and tiers, the
/// same at all of them: who changes one says so, and the others read it again.
final class SharedTables: Sendable {
    private struct State {
        var isReading = false
        /// Whether something changed while it was read.
        var isStale = false
        /// Whether nobody can tell of changes, so that they are looked for.
        var isCut = false
        var isLooking = false
    }

    /// A reading that failed comes again after this.
    private static let retry = Duration.seconds(1)
    /// How often changes are looked for while nobody can tell of them.
    private static let pause = Duration.seconds(3)
    /// How often anyway: a command that found no server writes to the database without a word.
    private static let longPause = Duration.seconds(30)

    private let mailbox: Mailbox<Void>
    private let read: @Sendable () async throws(StorageError) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - executor: The loop whose broker is used.
    ///   - read: Reads all of them, and has live connections judged by what it read.
    init(on executor: LoopExecutor, _ read: @escaping @Sendable () async throws(StorageError) -> Void) {
        mailbox = Mailbox(on: executor)
        self.read = read
    }

    /// Reads them now and then until its task ends.
    func watch() async {
        while (try? await Task.sleep(for: SharedTables.longPause)) != nil { heard() }
    }

    /// Begins to listen; on the loop's thread.
    ///
    /// - Returns: What the loop keeps alive.
    func attach(to loop: EventLoop, _ broker: any Broker) -> AnyObject {
        let listener = Listener(broker, self)
        loop.attach(mailbox) { _ in listener.tell() }
        broker.subscribe(to: BrokerChannel(.tables), listener)
        return listener
    }

    /// Something changed here: the others are told.
    func changed() { mailbox.post(()) }

    /// Something changed elsewhere, or may have.
    fileprivate func heard() {
        let begins = state.withLock { state in
            state.isStale = true
            defer { state.isReading = true }
            return !state.isReading
        }
        if begins { Task { await catchUp() } }
    }

    private func catchUp() async {
        while state.withLock({ state in
            state.isReading = state.isStale
            state.isStale = false
            return state.isReading
        }) {
            do throws(StorageError) {
                try await read()
            } catch {
                Log.warning("bans, keys and tiers could not be read again: \(error)")
                state.withLock { $0.isStale = true }
                try? await Task.sleep(for: SharedTables.retry)
            }
        }
    }

    /// Nobody can tell of changes, or they can again.
    fileprivate func cut(_ isCut: Bool) {
        let begins = state.withLock { state in
            state.isCut = isCut
            guard isCut, !state.isLooking else { return false }
            state.isLooking = true
            return true
        }
        if begins { Task { await look() } }
    }

    private func look() async {
        while state.withLock({ state in
            state.isLooking = state.isCut
            return state.isCut
        }) {
            heard()
            try? await Task.sleep(for: SharedTables.pause)
        }
    }

    private final class Listener: BrokerListener {
        private let broker: any Broker
        private unowned let tables: SharedTables
        private let channel = BrokerChannel(.tables)

        init(_ broker: any Broker, _ tables: SharedTables) {
            self.broker = broker
            self.tables = tables
        }

        func tell() {
            var writer = JSONWriter(capacity: 64)
            writer.beginObject()
            writer.field("type", "tables_changed")
            writer.field("from", broker.instance)
            writer.endObject()
            broker.publish(writer.span, to: channel)
        }

        func brokerDelivered(_ payload: [UInt8], on channel: BrokerChannel) {
            guard let value = try? JSONValue(parsing: payload.span) else { return }
            if value["from"]?.string != broker.instance { tables.heard() }
        }

        // What was said while nobody listened is read once, whatever it was.
        func brokerSubscribed(to channel: BrokerChannel) {
            tables.cut(false)
            tables.heard()
        }

        func brokerLost(_ channel: BrokerChannel) { tables.cut(true) }
        func brokerForgotPeople() {}
        // Of a change that could not be told the others hear now.
        func brokerCanPublish() { tell() }
    }
}
