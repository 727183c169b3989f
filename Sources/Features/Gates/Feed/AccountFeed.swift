import Bytes
import JSON
public import Outbound
import Reactor

/// Tells of accounts that have changed, by subscriptions over a node's WebSocket.
///
/// It only ever makes somebody look sooner: what it says is no reading, and where it is silent sweeps go on.
public actor AccountFeed {
    /// What a feed tells.
    public enum Event: Equatable, Sendable {
        /// An account has changed.
        case changed(String)
        /// It works, perhaps again: what changed before nobody has told.
        case connected
    }

    /// A node that lives tells of a slot twice a second.
    private static let silenceMilliseconds: Int64 = 20_000
    private static let watchPause = Duration.seconds(2)
    /// Between two tries to connect; doubled up to the longest.
    private static let firstPause: Int64 = 250
    private static let longestPause: Int64 = 5000

    private let url: WebSocketURL
    private let host: LoopHost
    private let tell: @Sendable (Event) -> Void
    private var book: FeedBook
    private var socket: WebSocketClient?
    private var isOpen = false
    private var lastHeard: Int64 = 0

    /// A feed that is not connected yet.
    ///
    /// - Parameters:
    ///   - limit: Accounts subscribed to at most.
    ///   - tell: Hears of what comes, on any thread.
    public init(
        _ url: WebSocketURL, on host: LoopHost, limit: Int, tell: @escaping @Sendable (Event) -> Void
    ) {
        self.url = url
        self.host = host
        self.tell = tell
        book = FeedBook(limit: limit)
    }

    /// Connects, and again whenever the connection is lost; ends with its task.
    public func run() async {
        var pause = AccountFeed.firstPause
        while !Task.isCancelled {
            if await connection() { pause = AccountFeed.firstPause }
            guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else { return }
            pause = min(pause * 2, AccountFeed.longestPause)
        }
    }

    /// One more account is of interest.
    public func add(_ accounts: [String]) {
        for account in accounts {
            if let request = book.add(account) { send(request) }
        }
    }

    /// These accounts are of interest, and no others.
    public func want(_ accounts: Set<String>) {
        for request in book.want(accounts) { send(request) }
    }

    // MARK: A connection

    /// Lives through one connection.
    ///
    /// - Returns: Whether it was opened.
    private func connection() async -> Bool {
        guard let addresses = try? await Resolver.addresses(of: url.host, port: url.port) else {
            return false
        }
        let tls = url.isSecure ? try? TLSContext(authorityPath: nil) : nil
        guard tls != nil || !url.isSecure else { return false }
        let (stream, events) = AsyncStream<WebSocketClientEvent>.makeStream()
        let socket = WebSocketClient(on: host, url: url, tls: tls, messageBytes: 1 << 20) { event in
            events.yield(event)
            if case .closed = event { events.finish() }
        }
        self.socket = socket
        lastHeard = MonotonicClock.milliseconds()
        let watch = Task { await watchSilence(socket) }
        var wasOpen = false
        socket.open(addresses)
        await withTaskCancellationHandler {
            for await event in stream {
                if case .opened = event { wasOpen = true }
                receive(event)
            }
        } onCancel: {
            socket.abort()
        }
        watch.cancel()
        (self.socket, isOpen) = (nil, false)
        return wasOpen
    }

    /// Ends a connection over which nothing comes any more.
    private func watchSilence(_ socket: WebSocketClient) async {
        while (try? await Task.sleep(for: AccountFeed.watchPause)) != nil {
            guard MonotonicClock.milliseconds() - lastHeard > AccountFeed.silenceMilliseconds else {
                continue
            }
            return socket.abort()
        }
    }

    private func receive(_ event: WebSocketClientEvent) {
        lastHeard = MonotonicClock.milliseconds()
        switch event {
        case .opened:
            isOpen = true
            socket?.send(text: FeedMessage.request(1, "slotSubscribe", []))
            for request in book.restart() { send(request) }
            tell(.connected)
        case .text(let bytes): receive(FeedMessage(bytes))
        case .binary, .heard, .closed: break
        }
    }

    private func receive(_ message: FeedMessage) {
        switch message {
        case .subscribed(let request, let subscription):
            if let further = book.subscribed(request, subscription) { send(further) }
        case .refused(let request): book.refused(request)
        case .changed(let subscription):
            if let account = book.account(subscription) { tell(.changed(account)) }
        case .other: break
        }
    }

    private func send(_ request: FeedBook.Request) {
        // What is wanted is asked for when a connection opens.
        guard isOpen else { return }
        switch request {
        case .subscribe(let id, let account):
            let options = JSONValue.object([
                JSONMember("encoding", .string("base64")), JSONMember("commitment", .string("confirmed")),
            ])
            socket?.send(text: FeedMessage.request(id, "accountSubscribe", [.string(account), options]))
        case .unsubscribe(let id, let subscription):
            socket?.send(text: FeedMessage.request(id, "accountUnsubscribe", [.integer(subscription)]))
        }
    }
}
