import Bytes
import PubSub
import Reactor
import Synchronization

/// The sockets and observations of the readers, between the test and the loop.
final class FanOutTable: Sendable {
    struct Entry {
        var near: Int32 = -1
        var far: Int32 = -1
        var handle: SubscriberHandle?
        var observations: [FanOutObservation] = []
        var problems: [String] = []
    }

    let entries: Mutex<[Entry]>

    init(count: Int) { entries = Mutex([Entry](repeating: Entry(), count: count)) }

    func note(_ observation: FanOutObservation, _ index: Int) {
        entries.withLock { $0[index].observations.append(observation) }
    }
}

/// A session's part in the rig.
///
/// What the test wants of it within a turn comes as letters of closing, whose codes are orders here: so orders keep
/// their place among the other letters.
final class FanOutOwner: SubscriberOwner, ConnectionHandler {
    enum Order: UInt16 { case look = 1, flush, append, leave, farewell, come, stale }

    private let index: Int
    private let stage: FanOutStage
    private let connection: Connection
    private var subscriber: Subscriber?

    init(_ index: Int, _ stage: FanOutStage, near: Int32, isDeflating: Bool) throws {
        self.index = index
        self.stage = stage
        let peer = stage.peer
        connection = try Connection(FileDescriptor(owning: near), peer: peer, on: stage.loop)
        connection.handler = self
        subscriber = stage.shard.add(connection, owner: self, isDeflating: isDeflating)
    }

    var handle: SubscriberHandle? { subscriber?.handle }

    func closeRequested(code: UInt16, reason: String) {
        guard let subscriber, let order = Order(rawValue: code) else { return }
        switch order {
        case .look: look()
        case .flush:
            stage.shard.flush(subscriber)
            look()
        case .append:
            let bytes = Array(reason.utf8)
            stage.shard.append(bytes.span, to: subscriber)
        case .leave: leave()
        case .farewell:
            stage.shard.flush(subscriber)
            // The flush may have been the end of it.
            guard self.subscriber != nil else { return }
            let lastWord = FanOutModel.lastWord
            connection.write(lastWord.span)
            connection.finish()
            self.subscriber = nil
            stage.shard.remove(subscriber)
        case .come: if let newcomer = Int(reason) { stage.come(newcomer) }
        case .stale: stage.table.note(.stale(stage.shard.takeStalePresence(of: subscriber).sorted()), index)
        }
    }

    private func look() {
        guard subscriber != nil, connection.isOpen else { return }
        stage.table.note(.lags(connection.backlogBytes > 0), index)
        if connection.backlogBytes > stage.backlogLimit { complain("it was not told that it fell behind") }
    }

    func unsubscribed(from channel: String, cause: UnsubscribeCause) { look() }

    func fellBehind() {
        stage.table.note(.fellBehind, index)
        if connection.backlogBytes <= stage.backlogLimit { complain("it has not fallen behind") }
        leave()
    }

    private func leave() {
        guard let subscriber else { return }
        self.subscriber = nil
        connection.close()
        stage.shard.remove(subscriber)
    }

    private func complain(_ text: String) { stage.table.entries.withLock { $0[index].problems.append(text) } }

    func connectionPeerFinished() { connection.close() }
    func connectionClosed(_ reason: DisconnectReason) { leave() }
    func subscribed(to channel: String) {}
    func subscriptionRefused(to channel: String) {}
    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {}
    func connectionDrained() {}
}

/// The loop's side of the rig: the shard and its readers.
final class FanOutStage {
    let loop: EventLoop
    let shard: HubShard
    let table: FanOutTable
    let peer: SocketAddress
    let backlogLimit: Int
    private let deflating: [Bool]
    private var owners: [FanOutOwner] = []

    init(
        _ loop: EventLoop, _ shard: HubShard, _ table: FanOutTable, _ peer: SocketAddress, limit: Int,
        _ deflating: [Bool]
    ) {
        (self.loop, self.shard, self.table, self.peer) = (loop, shard, table, peer)
        backlogLimit = limit
        self.deflating = deflating
    }

    /// Takes a reader's socket.
    func come(_ index: Int) {
        let near = table.entries.withLock { $0[index].near }
        guard let owner = try? FanOutOwner(index, self, near: near, isDeflating: deflating[index]) else {
            return
        }
        owners.append(owner)
        table.entries.withLock { $0[index].handle = owner.handle }
    }
}
