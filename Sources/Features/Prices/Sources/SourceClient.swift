import HTTP
public import Outbound
public import Reactor
import Synchronization
import Telemetry

/// Asks one source of prices, as often as it may be asked and not while it keeps failing.
///
/// Five failures in a row spare it for 60 s, then one question is a trial (REQUIREMENTS B3). What it says with
/// `Retry-After` is kept to, and no more is asked of it in a minute than its plan allows.
public final class SourceClient: Sendable {
    /// Symbols of one question.
    public static let batchLimit = 100
    private static let minute: Int64 = 60_000
    /// How long it is left alone where it says 429 without for how long.
    private static let usualRest: Int64 = 60_000

    private struct State {
        var breaker: CircuitBreaker
        var restsUntil: Int64 = .min / 2
        /// When it was asked in the last minute, oldest first.
        var asked: [Int64] = []
        var figures = SourceFigures()
        var isFailing = false
    }

    private let source: any PriceSource
    private let http: HTTPClient
    private let settings: SourceSettings
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>

    /// A client.
    ///
    /// - Parameter now: Milliseconds of a monotonic clock.
    public init(
        _ source: any PriceSource, _ http: HTTPClient, _ settings: SourceSettings,
        now: @escaping @Sendable () -> Int64 = MonotonicClock.milliseconds
    ) {
        self.source = source
        self.http = http
        self.settings = settings
        self.now = now
        state = Mutex(State(breaker: CircuitBreaker(settings.breaker)))
    }

    /// What its prices name as their source.
    public var name: String { source.name }
    /// The symbols that the source knows, by our names.
    public var symbols: [Symbol] { settings.ids.keys.sorted() }

    /// Whether the source knows a symbol.
    public func knows(_ symbol: Symbol) -> Bool { settings.ids[symbol] != nil }

    /// What became of its questions so far.
    public var figures: SourceFigures {
        let now = now()
        return state.withLock { state in
            var figures = state.figures
            figures.isSpared = max(state.breaker.wait(now: now), state.restsUntil - now) > 0
            return figures
        }
    }

    // MARK: Asking

    /// Asks for the prices of symbols; what it has no price of, and all where it fails, is not in the answer.
    ///
    /// - Parameter deadline: When nobody waits any more, on the client's clock.
    public func ask(_ symbols: [Symbol], until deadline: Int64) async -> [Symbol: SourceQuote] {
        let ids = Set(symbols.compactMap { settings.ids[$0] }).sorted()
        var found: [String: SourceQuote] = [:]
        for first in stride(from: 0, to: ids.count, by: SourceClient.batchLimit) {
            let batch = Array(ids[first..<min(first + SourceClient.batchLimit, ids.count)])
            guard await turn(until: deadline) else { break }
            do throws(SourceFault) {
                found.merge(try await ask(batch)) { $1 }
                succeed()
            } catch {
                fail(error)
            }
        }
        var quotes: [Symbol: SourceQuote] = [:]
        for symbol in symbols { quotes[symbol] = settings.ids[symbol].flatMap { found[$0] } }
        return quotes
    }

    private func ask(_ ids: [String]) async throws(SourceFault) -> [String: SourceQuote] {
        var request = source.request(for: ids)
        request.limit(to: settings.timeout, bytes: settings.answerLimit)
        let answer: HTTPClientResponse
        do throws(HTTPClientError) {
            answer = try await http.send(request)
        } catch {
            throw .silent(error)
        }
        if let rest = answer.restMilliseconds(usually: SourceClient.usualRest) {
            let now = now()
            state.withLock { $0.restsUntil = now + rest }
            throw .limited
        }
        guard answer.status == 200 else { throw .status(answer.status) }
        let quotes = try source.quotes(in: answer.body)
        guard quotes.values.contains(where: { $0.price != .failed }) else { throw .nonsense }
        return quotes
    }

    /// Waits until one question may go out.
    ///
    /// - Returns: False where that is not before the deadline, or the source is spared.
    private func turn(until deadline: Int64) async -> Bool {
        while !Task.isCancelled {
            let now = now()
            let wait = state.withLock { state -> Int64? in
                guard now >= state.restsUntil, state.breaker.wait(now: now) == 0 else { return nil }
                state.asked.removeAll { $0 <= now - SourceClient.minute }
                if settings.requestsPerMinute > 0, state.asked.count >= settings.requestsPerMinute {
                    return state.asked[0] + SourceClient.minute - now
                }
                guard state.breaker.admits(now: now) else { return nil }
                state.asked.append(now)
                return 0
            }
            if wait == 0 { return true }
            guard let wait, now + wait < deadline,
                (try? await Task.sleep(for: .milliseconds(wait))) != nil
            else { break }
        }
        state.withLock { $0.figures.unasked += 1 }
        return false
    }

    // MARK: What became of it

    private func succeed() {
        let now = now()
        let isBack = state.withLock { state in
            state.breaker.succeed()
            state.figures.answered += 1
            state.figures.answeredAt = now
            defer { state.isFailing = false }
            return state.isFailing
        }
        if isBack { Log.notice("prices: \(name) answers again") }
    }

    private func fail(_ fault: SourceFault) {
        let now = now()
        let isFirst = state.withLock { state in
            if fault == .limited {
                state.figures.limited += 1
                // It lives, and says so.
                state.breaker.abstain(now: now)
            } else {
                state.figures.failed += 1
                state.breaker.fail(now: now)
            }
            defer { state.isFailing = true }
            return !state.isFailing
        }
        if isFirst { Log.warning("prices: \(name) gives none, further ones are only counted: \(fault)") }
    }
}
