import Bytes
import ClientProtocol
public import Outbound
public import PubSub
import Reactor
import Storage
import Synchronization
import Telemetry

/// Listens to a source of prices over a WebSocket, and again whenever the connection is lost; its prices go the way of all
/// ticks.
public actor PriceFeed {
    /// How soon a process looks whether the duty to listen has become free.
    private static let dutyMilliseconds: Int64 = 5000
    private static let messageLimit = 1 << 20

    private let source: any TickerSource
    private let settings: FeedSettings
    private let service: PriceService
    private let host: LoopHost
    private let duty: KeptDuty?
    private let counts = Mutex(FeedFigures())
    private let symbols: [String: [Symbol]]
    private var book: TickerBook
    private var socket: WebSocketClient?
    private var lastHeard: Int64 = 0

    /// A feed that is not connected yet.
    ///
    /// - Parameter duty: Says who listens, where several processes have a store in common; nil where this one is alone.
    public init(
        _ source: any TickerSource, _ settings: FeedSettings, service: PriceService, on host: LoopHost,
        duty: KeptDuty?
    ) {
        self.source = source
        self.settings = settings
        self.service = service
        self.host = host
        self.duty = duty
        book = TickerBook(tellsEachTrade: source.tellsEachTrade)
        symbols = Dictionary(grouping: settings.ids.keys.sorted()) { settings.ids[$0] ?? "" }
    }

    /// What its prices name as their source.
    public nonisolated var name: String { source.name }
    /// What came so far.
    public nonisolated var figures: FeedFigures { counts.withLock { $0 } }

    /// Leaves the listening to another process.
    public nonisolated func resign() async { await duty?.layDown() }

    /// Connects, and again; ends with its task.
    public func run() async {
        await withTaskGroup { group in
            if let duty { group.addTask { await duty.keep() } }
            group.addTask { await self.connections() }
        }
    }

    private func connections() async {
        var pause = settings.pauseMilliseconds.lowerBound
        var hadDuty = false
        while !Task.isCancelled {
            guard await duty?.takeOn() ?? true else {
                hadDuty = false
                try? await Task.sleep(for: .milliseconds(PriceFeed.dutyMilliseconds))
                continue
            }
            if !hadDuty, duty != nil { try? await service.takeOver(settings.ids.keys.sorted()) }
            hadDuty = true
            if await connection() { pause = settings.pauseMilliseconds.lowerBound }
            // Half by chance: a source that was away is not to have all of us back at once.
            let wait = Int64.random(in: pause / 2...pause)
            guard (try? await Task.sleep(for: .milliseconds(wait))) != nil else { return }
            pause = min(pause * 2, settings.pauseMilliseconds.upperBound)
        }
    }

    // MARK: A connection

    /// Lives through one connection.
    ///
    /// - Returns: Whether a price came over it.
    private func connection() async -> Bool {
        let before = figures.prices
        guard let addresses = try? await Resolver.addresses(of: settings.url.host, port: settings.url.port)
        else { return false }
        let (stream, events) = AsyncStream<WebSocketClientEvent>.makeStream()
        let socket = WebSocketClient(
            on: host, url: settings.url, tls: settings.tls, messageBytes: PriceFeed.messageLimit
        ) { event in
            events.yield(event)
            if case .closed = event { events.finish() }
        }
        self.socket = socket
        book = TickerBook(tellsEachTrade: source.tellsEachTrade)
        lastHeard = MonotonicClock.milliseconds()
        let watch = Task { await watchSilence(socket) }
        socket.open(addresses)
        await withTaskCancellationHandler {
            for await event in stream { receive(event) }
        } onCancel: {
            socket.abort()
        }
        watch.cancel()
        self.socket = nil
        counts.withLock { $0.isOpen = false }
        return figures.prices > before
    }

    /// Ends a connection over which nothing comes any more, or which is another process' now.
    private func watchSilence(_ socket: WebSocketClient) async {
        let pause = Duration.milliseconds(max(10, min(2000, settings.silenceMilliseconds / 4)))
        while (try? await Task.sleep(for: pause)) != nil {
            let silence = MonotonicClock.milliseconds() - lastHeard
            guard silence > settings.silenceMilliseconds || duty?.isHeld == false else { continue }
            return socket.abort()
        }
    }

    private func receive(_ event: WebSocketClientEvent) {
        lastHeard = MonotonicClock.milliseconds()
        switch event {
        case .opened:
            counts.withLock { counts in
                counts.isOpen = true
                counts.connections += 1
            }
            for request in source.requests(for: symbols.keys.sorted()) { socket?.send(text: request) }
        case .text(let bytes): receive(bytes)
        case .closed(_, let reason):
            if !reason.isEmpty { Log.info("prices: the connection to \(name) has ended: \(reason)") }
        case .binary, .heard: break
        }
    }

    private func receive(_ message: [UInt8]) {
        do throws(SourceFault) {
            switch try source.read(message) {
            case .ticker(let ticker): take(ticker)
            case .lastTrade(let id, let number):
                guard symbols[id] != nil, book.heard(id, lastTrade: number) else { return }
                counts.withLock { $0.asked += 1 }
                for request in source.requests(for: [id]) { socket?.send(text: request) }
            case nil: break
            }
        } catch {
            let isFirst = counts.withLock { counts in
                counts.bad += 1
                return counts.bad == 1
            }
            if isFirst { Log.warning("prices: \(name), further ones are only counted: \(error)") }
            // What says such things says no prices; another connection may.
            if error != .nonsense { socket?.abort() }
        }
    }

    // MARK: Prices

    private func take(_ ticker: Ticker) {
        guard let symbols = symbols[ticker.id] else { return }
        let verdict = book.take(ticker.id, trade: ticker.trade)
        counts.withLock { counts in
            counts.prices += 1
            if case .new(let missed) = verdict { counts.missed += Int(clamping: missed) }
        }
        let name = name
        let ticks = symbols.compactMap { symbol in
            Tick(
                symbol, price: ticker.price, volume: verdict == .same ? nil : ticker.volume,
                source: source.name,
                at: ticker.at ?? .now(), sequence: ticker.trade)
        }
        service.desk.post(
            .ticks(ticks) { receipt in
                guard let refusal = receipt.refused.first else { return }
                Log.debug("prices: a price of \(name) is refused: \(refusal.error.message)")
            })
    }
}
