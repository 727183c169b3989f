import Bytes
import ClientProtocol
import Foundation
import JSON
import Reactor
import Synchronization
import Testing

@testable import PubSub

/// A shard with one subscriber over a socket pair, whose mail comes turn by turn.
final class ValueRig: Sendable {
    private final class Owner: QuietOwner, ConnectionHandler {
        let shard: HubShard
        var subscriber: Subscriber?
        init(_ shard: HubShard) { self.shard = shard }

        func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {}
        func connectionPeerFinished() {}
        func connectionDrained() { if let subscriber { shard.drained(subscriber) } }
        func connectionClosed(_ reason: DisconnectReason) {}
    }

    private final class Figures: Sendable {
        let backlog = Mutex(0)
        let replaced = Mutex(0)
    }

    private let group: EventLoopGroup
    private let hub: Hub
    private let turns: Mailbox<CheckedContinuation<Void, Never>>
    private let figures = Figures()
    let far: Int32
    let handle = SubscriberHandle(shard: 0, slot: 0, generation: 0)

    /// - Parameter sendBuffer: What the kernel holds for the subscriber, roughly; 0 for its default.
    init(sendBuffer: Int32 = 0) async throws {
        group = try EventLoopGroup(count: 1)
        hub = Hub(group.executors)
        turns = Mailbox(on: group.executors[0])
        var ends: [Int32] = [0, 0]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        var size = sendBuffer
        if size > 0 {
            setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        let near = ends[0]
        far = ends[1]
        let peer = try #require(SocketAddress(path: "/peer"))
        let figures = figures
        try await group.start { [hub, turns] loop in
            let shard = HubShard(loop, hub.mailboxes[0], backlogLimit: 64 << 20)
            let owner = Owner(shard)
            let connection = try Connection(FileDescriptor(owning: near), peer: peer, on: loop)
            connection.handler = owner
            owner.subscriber = shard.add(connection, owner: owner, isDeflating: false)
            loop.keep([shard, owner, connection])
            var waiting: [CheckedContinuation<Void, Never>] = []
            loop.attach(turns) { waiting += $0 }
            loop.atEndOfTurn {
                figures.backlog.withLock { $0 = connection.backlogBytes }
                figures.replaced.withLock { $0 = shard.counters.replacedValues }
                for continuation in waiting { continuation.resume() }
                waiting = []
            }
        }
    }

    deinit {
        close(far)
        group.stop()
    }

    /// What waits in the server for the subscriber, after the last turn.
    var backlogBytes: Int { figures.backlog.withLock { $0 } }
    /// How many values were replaced before they were sent.
    var replacedValues: Int { figures.replaced.withLock { $0 } }

    /// One turn with this mail.
    func turn(_ mail: [HubMail]) async {
        hub.mailboxes[0].post(contentsOf: mail)
        await withCheckedContinuation { turns.post($0) }
    }

    /// A price's publication.
    static func price(_ symbol: String, _ offset: Int64, _ price: String) -> HubMail {
        let channel = "price:" + symbol
        let data = Array("{\"price\":\"\(price)\",\"confidence\":\"high\",\"at\":\(offset)}".utf8)
        let frame = StreamFormat(channel).frame(
            data.span, offset: offset, at: Timestamp(milliseconds: offset), deflater: nil)
        return .broadcast(channel: channel, frame)
    }

    func subscribe(_ symbols: [String], _ pace: DeliveryPace = .direct) -> [HubMail] {
        symbols.flatMap { symbol -> [HubMail] in
            let channel = "price:" + symbol
            return [
                .subscribe(handle, channel: channel, first: []),
                .setPace(handle, channel: channel, pace),
            ]
        }
    }

    /// The next message that the subscriber gets; waits for it.
    func next() async throws -> JSONValue {
        let header = await read(2)
        var length = Int(header[1])
        if length == 126 { length = await read(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = await read(8).reduce(0) { $0 << 8 | Int($1) } }
        let payload = await read(length)
        return try JSONValue(parsing: payload.span)
    }

    /// Whether the subscriber has nothing to read.
    var isSilent: Bool {
        var byte: UInt8 = 0
        return recv(far, &byte, 1, Int32(MSG_PEEK)) < 0
    }

    private func read(_ count: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var chunk = [UInt8](repeating: 0, count: count - bytes.count)
            let got = Glibc.read(far, &chunk, chunk.count)
            if got > 0 {
                bytes += chunk[..<got]
            } else {
                await readable()
            }
        }
        return bytes
    }

    private func readable() async {
        let far = far
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var entry = pollfd(fd: far, events: Int16(POLLIN), revents: 0)
                poll(&entry, 1, -1)
                continuation.resume()
            }
        }
    }
}
