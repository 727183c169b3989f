import Bytes
import HTTP
import JSON
public import Outbound
public import Reactor
import Synchronization

/// Asks the nodes of one chain over JSON-RPC; where one fails, the next is asked once.
///
/// Answers are judged by whoever asked, before they count as answers: a node that answers nonsense has failed.
public final class RPCClient: Sendable {
    private struct State {
        var breakers: [CircuitBreaker]
        var budget: RateBudget
        var next: Int64 = 0
        var figures = RPCFigures()
    }

    /// How often a question is asked: once, and once more elsewhere.
    private static let attempts = 2

    private let settings: ChainSettings
    private let http: HTTPClient
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>

    /// A client.
    ///
    /// - Parameter now: Milliseconds of a monotonic clock.
    public init(
        _ settings: ChainSettings, _ http: HTTPClient,
        now: @escaping @Sendable () -> Int64 = MonotonicClock.milliseconds
    ) {
        self.settings = settings
        self.http = http
        self.now = now
        state = Mutex(
            State(
                breakers: settings.endpoints.map { _ in CircuitBreaker(.node) },
                budget: RateBudget(perSecond: settings.requestsPerSecond, now: now())))
    }

    /// What became of the questions so far.
    public var figures: RPCFigures { state.withLock { $0.figures } }

    /// Asks.
    ///
    /// - Parameters:
    ///   - parameters: An array or an object.
    ///   - node: The one that is to answer, and no other; nil: whichever can.
    ///   - isGuess: Whether it is asked on somebody's word for something that may not be: then `null` is an answer, and
    ///     an error of JSON-RPC is no fault of the node, nor is another one asked.
    ///   - judge: Makes a value of the result, or says why it is none; then the next node is asked.
    /// - Throws: Why the last node's answer is none.
    func ask<Value: Sendable>(
        _ method: String, _ parameters: JSONValue, _ priority: RequestPriority, node: Int? = nil,
        isGuess: Bool = false,
        judge: @Sendable (JSONValue) throws(UnknownReason) -> Value
    ) async throws(UnknownReason) -> Value {
        var tried = Set(node.map { node in settings.endpoints.indices.filter { $0 != node } } ?? [])
        let last = tried.count + RPCClient.attempts
        var reason = UnknownReason.noEndpoint
        while tried.count < last {
            guard let (index, id) = try await turn(priority, without: tried) else {
                if reason == .noEndpoint { state.withLock { $0.figures.unasked += 1 } }
                throw reason
            }
            tried.insert(index)
            do throws(UnknownReason) {
                let value = try judge(
                    try await send(method, parameters, to: index, id, allowsNull: isGuess))
                state.withLock { state in
                    state.breakers[index].succeed()
                    state.figures.answered += 1
                }
                return value
            } catch {
                let isAnswer = if isGuess, case .refused = error { true } else { false }
                note(error, at: index, isAnswer: isAnswer)
                guard error.isWorthAnother, !isAnswer else { throw error }
                reason = error
            }
        }
        throw reason
    }

    /// How often a sweep looks whether it is its turn.
    private static let pace = Duration.milliseconds(50)

    /// The first node that may be asked, as soon as the budget has room; nobody waits at the door for that.
    private func turn(
        _ priority: RequestPriority, without tried: Set<Int>
    ) async throws(UnknownReason) -> (Int, Int64)? {
        var patience =
            switch priority {
            case .sweep, .trial: settings.sweepPatience
            case .join, .lookUp: Duration.zero
            }
        while true {
            do throws(UnknownReason) {
                return try choose(priority, without: tried)
            } catch {
                guard error == .overBudget, patience > .zero else { throw error }
                patience -= RPCClient.pace
                do {
                    try await Task.sleep(for: RPCClient.pace)
                } catch {
                    throw UnknownReason.cancelled
                }
            }
        }
    }

    /// The first node that may be asked.
    private func choose(
        _ priority: RequestPriority, without tried: Set<Int>
    ) throws(UnknownReason) -> (Int, Int64)? {
        let now = now()
        let choice: Result<(Int, Int64)?, UnknownReason> = state.withLock { state in
            guard
                let index = state.breakers.indices.first(where: {
                    !tried.contains($0) && state.breakers[$0].admits(now: now)
                })
            else { return .success(nil) }
            guard state.budget.take(priority, now: now) else { return .failure(.overBudget) }
            state.next += 1
            return .success((index, state.next))
        }
        return try choice.get()
    }

    /// Milliseconds until a question of this priority may go out, as far as that can be told; nil without nodes.
    public func wait(_ priority: RequestPriority) -> Int64? {
        let now = now()
        return state.withLock { state in
            guard let pause = state.breakers.map({ $0.wait(now: now) }).min() else { return nil }
            return max(pause, state.budget.wait(priority, now: now))
        }
    }

    /// - Parameter isAnswer: Whether the node has said all that there is to say.
    private func note(_ reason: UnknownReason, at index: Int, isAnswer: Bool) {
        let now = now()
        state.withLock { state in
            guard !isAnswer else {
                state.figures.answered += 1
                return state.breakers[index].abstain(now: now)
            }
            state.figures.failed += 1
            switch reason {
            // A node without an indexer refuses its methods, and is none the worse for balances.
            case .cancelled, .tooMany, .refused(RPCAnswer.invalidParameters),
                .refused(RPCAnswer.unknownMethod):
                state.breakers[index].abstain(now: now)
            // The pause was noted with the answer's Retry-After.
            case .rateLimited: break
            default: state.breakers[index].fail(now: now)
            }
        }
    }

    // MARK: One node

    private func send(
        _ method: String, _ parameters: JSONValue, to index: Int, _ id: Int64, allowsNull: Bool
    ) async throws(UnknownReason) -> JSONValue {
        var request = HTTPClientRequest(.post, settings.endpoints[index])
        request.headers.set("content-type", "application/json")
        request.body = RPCClient.body(method, parameters, settings.dialect == .jsonRPC ? id : nil)
        request.limit(to: settings.timeout, bytes: settings.answerLimit)
        let answer: HTTPClientResponse
        do throws(HTTPClientError) {
            answer = try await http.send(request)
        } catch {
            throw UnknownReason(error)
        }
        if let rest = answer.restMilliseconds(usually: 1000) {
            let now = now()
            state.withLock { $0.breakers[index].rest(rest, now: now) }
            throw .rateLimited
        }
        guard answer.status == 200 else { throw .status(answer.status) }
        switch settings.dialect {
        case .jsonRPC: return try RPCAnswer.result(of: answer.body, id: id, allowsNull: allowsNull)
        case .rippled: return try RPCAnswer.rippledResult(of: answer.body)
        }
    }

    /// - Parameter id: Nil where the dialect has none.
    private static func body(_ method: String, _ parameters: JSONValue, _ id: Int64?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let id {
            writer.field("jsonrpc", "2.0")
            writer.field("id", id)
        }
        writer.field("method", method)
        writer.key("params")
        parameters.write(to: &writer)
        writer.endObject()
        return Array(writer.text().utf8)
    }
}
