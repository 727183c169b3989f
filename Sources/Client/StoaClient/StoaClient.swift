import Bytes
public import JSON
import Outbound
import Reactor

/// A client of a Stoa server: connects, stays connected, resumes where it was, sends each message once.
///
/// ```swift
/// let client = try StoaClient("wss://chat.example/ws") { try await myToken() }
/// await client.start()
/// try await client.join("0198…")
/// let receipt = try await client.send("Hello", to: "0198…")
/// for await event in client.events { … }
/// ```
public actor StoaClient {
    /// Everything that happens, in order; for one reader.
    public nonisolated let events: AsyncStream<ClientEvent>

    let url: WebSocketURL
    let options: ClientOptions
    let token: @Sendable () async throws -> String
    let tell: AsyncStream<ClientEvent>.Continuation
    var host: LoopHost?
    var socket: WebSocketClient?
    /// Counts connections, so that events of an earlier one are known.
    var connection = 0
    var state = ClientState.connecting
    var backoff: Backoff
    var rooms: [String: RoomCursor] = [:]
    var outbox: Outbox
    var receipts: [String: CheckedContinuation<Receipt, any Error>] = [:]
    var pending: [String: CheckedContinuation<JSONValue, any Error>] = [:]
    /// Messages on their way by the id of their request, with their client ids.
    var sends: [String: String] = [:]
    var nextID = 0
    var pingMilliseconds: Int64 = 25_000
    var lastHeard: Int64 = 0
    var reconnectAt: Int64?
    var heartbeat: Task<Void, Never>?
    var retry: Task<Void, Never>?
    var renewal: Task<Void, Never>?
    /// Those who wait until the connection is live.
    var waiters: [CheckedContinuation<Void, any Error>] = []

    /// A client of a server.
    ///
    /// - Parameters:
    ///   - address: As `wss://chat.example/ws`.
    ///   - token: Gives a valid token; asked for at every connection and before the last one runs out.
    /// - Throws: ``StoaError/misconfigured(_:)`` where the address is none.
    public init(
        _ address: String, options: ClientOptions = ClientOptions(),
        token: @escaping @Sendable () async throws -> String
    ) throws(StoaError) {
        guard let url = WebSocketURL(address) else {
            throw .misconfigured("\"\(address)\" is no WebSocket address")
        }
        self.url = url
        self.options = options
        self.token = token
        backoff = Backoff(first: options.backoffMilliseconds, limit: options.backoffLimitMilliseconds)
        outbox = Outbox(path: options.outboxPath, limit: options.outboxLimit)
        (events, tell) = AsyncStream.makeStream()
    }

    deinit {
        socket?.abort()
        heartbeat?.cancel()
        retry?.cancel()
        renewal?.cancel()
        tell.finish()
    }

    /// Begins to connect; what is asked for meanwhile waits.
    public func start() async {
        guard host == nil else { return }
        do {
            host = try await LoopHost()
        } catch {
            return end("no event loop: \(error)")
        }
        for entry in outbox.entries where rooms[entry.room] == nil { rooms[entry.room] = RoomCursor() }
        await connect()
    }

    /// Ends for good.
    public func close() {
        socket?.close()
        end("closed here")
    }

    // MARK: Rooms

    /// Enters a room, now and after every reconnect.
    ///
    /// - Parameter history: How many of the last messages the answer carries.
    /// - Returns: The server's `joined`.
    @discardableResult
    public func join(_ room: String, history: Int = 0, invitation: String? = nil) async throws -> JSONValue {
        try await live()
        rooms[room] = rooms[room] ?? RoomCursor()
        do {
            return try await enter(room, history: history, invitation: invitation)
        } catch let error as StoaError {
            if case .refused(let code, _, _, _) = error, code != "already_joined" { rooms[room] = nil }
            throw error
        }
    }

    /// Leaves a room.
    public func leave(_ room: String) async throws {
        rooms[room] = nil
        _ = try await request("leave", [JSONMember("room", .string(room))])
    }

    /// Sends a message; it goes out once the room is entered, again after a lost connection, and is one message
    /// however often that happens.
    ///
    /// In a room with `receipts` who `wantsReceipt` is told by pushes `receipt` when all others have it.
    ///
    /// - Returns: When the server has it for good.
    /// - Throws: ``StoaError/refused(code:message:field:retryAfterMilliseconds:)``, or
    ///   ``StoaError/outboxFull`` where too many wait already.
    @discardableResult
    public func send(
        _ content: String, to room: String, replyTo: String? = nil, wantsReceipt: Bool = false
    ) async throws -> Receipt {
        let id = Identifier.short("c")
        let entry = Outbox.Entry(
            room: room, clientID: id, content: content, replyTo: replyTo, wantsReceipt: wantsReceipt)
        guard outbox.add(entry) else { throw StoaError.outboxFull }
        return try await withCheckedThrowingContinuation { continuation in
            receipts[id] = continuation
            if rooms[room]?.isJoined == true { flush(room) }
        }
    }

    // MARK: Anything else

    /// A request of any type.
    ///
    /// - Parameter members: Its members beside `type` and `id`.
    /// - Returns: The one reply.
    @discardableResult
    public func request(_ type: String, _ members: [JSONMember] = []) async throws -> JSONValue {
        guard socket != nil, pingMilliseconds > 0 else { throw StoaError.disconnected }
        nextID += 1
        let id = "r\(nextID)"
        let message = JSONValue.object(
            [JSONMember("type", .string(type)), JSONMember("id", .string(id))] + members)
        return try await withCheckedThrowingContinuation { continuation in
            pending[id] = continuation
            write(message)
            let limit = options.replyMilliseconds
            Task { [weak self] in
                try? await Task.sleep(for: .milliseconds(limit))
                await self?.giveUp(id)
            }
        }
    }

    private func giveUp(_ id: String) {
        pending.removeValue(forKey: id)?.resume(throwing: StoaError.timedOut)
    }

    /// Publishes to a topic.
    public func publish(_ data: JSONValue, to channel: String) async throws {
        try await live()
        try await request("publish", [JSONMember("channel", .string(channel)), JSONMember("data", data)])
    }

    func write(_ message: JSONValue) {
        var writer = JSONWriter()
        message.write(to: &writer)
        socket?.send(text: [UInt8](writer.span))
    }

    /// Waits until the connection is signed in.
    func live() async throws {
        switch state {
        case .live, .catchingUp: return
        case .ended(let reason): throw StoaError.ended(reason)
        case .connecting, .offline:
            try await withCheckedThrowingContinuation { waiters.append($0) }
        }
    }
}
