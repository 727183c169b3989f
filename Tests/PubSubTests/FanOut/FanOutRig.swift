import Bytes
import Foundation
import PubSub
import Reactor
import Synchronization
import WebSocket

/// One loop with a shard and readers over socket pairs, driven turn by turn beside the model.
final class FanOutRig {
    private typealias Order = FanOutOwner.Order
    private typealias Barrier = Mailbox<CheckedContinuation<Void, Never>>

    private let group: EventLoopGroup
    private let hub: Hub
    private let barrier: Barrier
    private let table: FanOutTable
    private let tight: [Bool]
    private var model: FanOutModel
    private var received: [[UInt8]]
    /// The one that brings the others in.
    private let usher: Int
    private let book: FrameBook
    private var problem: String?

    /// Readers with odd numbers get compressed frames, every third one has a small buffer.
    static func run(_ operations: [FanOutOperation], backlogLimit: Int) async throws -> String? {
        let rig = try FanOutRig()
        try await rig.start(backlogLimit)
        defer { rig.stop() }
        var turn: [FanOutOperation] = []
        for operation in operations where rig.problem == nil {
            guard case .endTurn = operation else {
                turn.append(operation)
                continue
            }
            await rig.perform(turn)
            turn = []
        }
        await rig.perform(turn)
        await rig.compare()
        return rig.problem
    }

    private init() throws {
        let count = FanOutScript.readers
        group = try EventLoopGroup(count: 1)
        hub = Hub(group.executors)
        barrier = Mailbox(on: group.executors[0])
        usher = count
        table = FanOutTable(count: count + 1)
        tight = (0...count).map { $0 % 3 == 0 && $0 != count }
        received = [[UInt8]](repeating: [], count: count)
        let book = FrameBook()
        self.book = book
        model = FanOutModel(deflating: (0..<count).map { $0 % 2 == 1 }) { frame, isDeflating in
            let shared = book[frame]
            let bytes = isDeflating ? shared.deflated : shared.plain
            return bytes.span.withUnsafeBufferPointer { Array($0) }
        }
    }

    private func start(_ limit: Int) async throws {
        let deflating = (0...usher).map { $0 % 2 == 1 }
        guard let peer = SocketAddress(path: "/peer") else { return }
        let (hub, table, barrier, usher) = (hub, table, barrier, usher)
        makePair(usher)
        try await group.start { loop in
            let shard = HubShard(loop, hub.mailboxes[0], backlogLimit: limit)
            let stage = FanOutStage(loop, shard, table, peer, limit: limit, deflating)
            stage.come(usher)
            loop.keep([stage, shard])
            let waiting = Waiting()
            loop.attach(barrier) { waiting.continuations += $0 }
            // After the shard's own end of the turn, and only for those who came before it.
            loop.atEndOfTurn { waiting.release() }
        }
    }

    private final class Waiting {
        var continuations: [CheckedContinuation<Void, Never>] = []
        func release() {
            for continuation in continuations { continuation.resume() }
            continuations = []
        }
    }

    private func stop() {
        group.stop()
        table.entries.withLock { entries in
            for entry in entries where entry.far >= 0 { close(entry.far) }
        }
    }

    private func makePair(_ index: Int) {
        var ends: [Int32] = [0, 0]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        var size: Int32 = tight[index] ? 4096 : 4 << 20
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        table.entries.withLock { entries in
            entries[index].near = ends[0]
            entries[index].far = ends[1]
        }
    }

    // MARK: A turn

    /// Lets a turn happen, and then what the peers do.
    private func perform(_ wanted: [FanOutOperation]) async {
        var letters: [HubMail] = []
        for index in received.indices where model.readers[index].state == .live {
            letters += order(.look, index)
        }
        var happening: [FanOutOperation] = []
        for operation in wanted {
            if case .come(let index) = operation {
                guard table.entries.withLock({ $0[index].near }) < 0 else { continue }
                makePair(index)
            }
            happening.append(operation)
            letters += mail(operation)
        }
        // A newcomer's handle is not known before its turn has ended: no letter reached it.
        happening = happening.filter { operation in
            guard let reader = operation.reader, !operation.isComing else { return true }
            return model.readers[reader].state != .absent
        }
        let began = ContinuousClock.now
        hub.mailboxes[0].post(contentsOf: letters)
        await turnEnded()
        let seen = table.entries.withLock { entries in
            defer { for index in entries.indices { entries[index].observations = [] } }
            return entries.map(\.observations)
        }
        model.turn(happening.filter { !$0.isPeers }, seen: seen)
        await hearFarewells(since: began, happening)
        for operation in happening where operation.isPeers { peer(operation) }
        for index in received.indices where !tight[index] && model.readers[index].state == .live {
            read(index)
        }
        // The loop hears that there is room again before the next turn.
        await turnEnded()
        if let text = table.entries.withLock({ $0.flatMap(\.problems).first }) { problem = text }
    }

    private func turnEnded() async { await withCheckedContinuation { barrier.post($0) } }

    private func order(_ order: Order, _ index: Int, _ reason: String = "") -> [HubMail] {
        guard let handle = table.entries.withLock({ $0[index].handle }) else { return [] }
        return [.close(handle, code: order.rawValue, reason: reason)]
    }

    private func mail(_ operation: FanOutOperation) -> [HubMail] {
        if case .broadcast(let channel, let frame) = operation {
            return [.broadcast(channel: "\(channel)", book[frame])]
        }
        if case .come(let index) = operation { return order(.come, usher, "\(index)") }
        guard let index = operation.reader, let handle = table.entries.withLock({ $0[index].handle }) else {
            return []
        }
        switch operation {
        case .send(_, let frame): return [.send(handle, book[frame])]
        case .subscribe(_, let channel, let first):
            return [.subscribe(handle, channel: "\(channel)", first: first.map { book[$0] })]
        case .unsubscribe(_, let channel, let last):
            return [
                .unsubscribe(handle, channel: "\(channel)", last: last.map { book[$0] }, cause: .requested)
            ]
        case .append(let index, let frame):
            return order(.append, index, String(decoding: frame.payload, as: UTF8.self))
        case .flush: return order(.flush, index)
        case .farewell: return order(.farewell, index)
        case .leave: return order(.leave, index)
        case .come, .broadcast, .endTurn, .read, .hangUp: return []
        }
    }

    private func peer(_ operation: FanOutOperation) {
        switch operation {
        case .read(let index, let count): read(index, atMost: count)
        case .hangUp(let index):
            read(index)
            table.entries.withLock { entries in
                close(entries[index].far)
                entries[index].far = -1
            }
            model.readers[index].state = .gone
        default: break
        }
    }

    // MARK: Reading and comparing

    /// Reads what is there.
    ///
    /// - Returns: Whether the connection has ended.
    @discardableResult
    private func read(_ index: Int, atMost limit: Int = .max) -> Bool {
        let far = table.entries.withLock { $0[index].far }
        guard far >= 0 else { return true }
        var left = limit
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while left > 0 {
            let count = recv(far, &chunk, min(chunk.count, left), 0)
            if count == 0 || count < 0 && errno != EAGAIN { return true }
            guard count > 0 else { return false }
            received[index] += chunk[..<count]
            left -= count
        }
        return false
    }

    /// Who is told good-bye reads to the end, as long as the connection waits for that.
    private func hearFarewells(since began: ContinuousClock.Instant, _ happened: [FanOutOperation]) async {
        for case .farewell(let index) in happened where model.readers[index].state == .finished {
            await readUntil(index) { false }
            let isInTime = ContinuousClock.now - began < .milliseconds(Connection.lingerMilliseconds)
            let due = model.readers[index].expected
            if isInTime ? received[index] != due : !due.starts(with: received[index]) { differ(index) }
        }
    }

    private func compare() async {
        for index in received.indices where problem == nil {
            let reader = model.readers[index]
            switch reader.state {
            case .absent, .finished: break
            case .live:
                await readUntil(index) { received[index].count >= reader.expected.count }
                if received[index] != reader.expected { differ(index) }
                await compareStale(index)
            case .gone:
                await readUntil(index) { false }
                if !reader.expected.starts(with: received[index]) { differ(index) }
            }
        }
    }

    /// Reads until a condition holds or the connection ends, as long as bytes come.
    private func readUntil(_ index: Int, _ holds: () -> Bool) async {
        var deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            let count = received[index].count
            if read(index) || holds() { return }
            if received[index].count > count { deadline = ContinuousClock.now + .seconds(10) }
            await turnEnded()
        }
        problem = "reader \(index) does not get what it is due"
    }

    private func compareStale(_ index: Int) async {
        hub.mailboxes[0].post(contentsOf: order(.stale, index))
        await turnEnded()
        let stale = FanOutObservation.stale(model.readers[index].stale.sorted().map(String.init))
        let seen = table.entries.withLock { $0[index].observations.last }
        if seen != stale { problem = "reader \(index): \(String(describing: seen)) is not \(stale)" }
    }

    private func differ(_ index: Int) {
        let (got, due) = (received[index], model.readers[index].expected)
        let place = zip(got, due).enumerated().first { $1.0 != $1.1 }?.offset ?? min(got.count, due.count)
        func text(_ bytes: [UInt8]) -> String {
            String(
                decoding: bytes[max(0, place - 10)..<max(min(bytes.count, place + 30), max(0, place - 10))],
                as: UTF8.self)
        }
        problem =
            "reader \(index) has \(got.count) of \(due.count) bytes; at \(place) \(text(got)) is not \(text(due))"
    }
}
