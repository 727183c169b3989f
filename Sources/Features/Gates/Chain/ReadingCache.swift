import Bytes
public import Reactor
import Synchronization

/// Readings not older than allowed, and one question for all who wait for the same answer.
///
/// Only what is known is kept: a node that failed a moment ago may answer the next one.
public final class ReadingCache: Sendable {
    /// Asks the chain.
    public typealias Reader = @Sendable (HoldingQuery, RequestPriority, SolanaAddress?) async -> Reading

    private struct Entry {
        let timed: TimedReading
        let askedAt: Int64
    }

    /// Who waits together: nobody at a door waits for a question that itself waits for its turn.
    private struct Question: Hashable {
        let query: HoldingQuery
        let priority: RequestPriority
    }

    private struct State {
        var entries: [HoldingQuery: Entry] = [:]
        /// Who waits for a question that is on its way.
        var waiting: [Question: [CheckedContinuation<TimedReading, Never>]] = [:]
    }

    private let lifetime: Int64
    private let capacity: Int
    private let now: @Sendable () -> Int64
    private let reader: Reader
    private let state = Mutex(State())

    /// A cache.
    ///
    /// - Parameters:
    ///   - milliseconds: How old a reading may be, from the moment when it was asked for.
    ///   - capacity: How many readings are kept.
    ///   - now: Milliseconds of a monotonic clock.
    public init(
        milliseconds: Int64, capacity: Int = 10_000,
        now: @escaping @Sendable () -> Int64 = MonotonicClock.milliseconds, reader: @escaping Reader
    ) {
        lifetime = milliseconds
        self.capacity = capacity
        self.now = now
        self.reader = reader
    }

    /// A reading that is young enough, or a new one.
    ///
    /// - Parameter hint: An item of the collection that the wallet may hold; of several who wait, the first one's counts.
    public func reading(
        _ query: HoldingQuery, _ priority: RequestPriority, hint: SolanaAddress? = nil
    ) async -> TimedReading {
        await withCheckedContinuation { continuation in
            let (now, question) = (now(), Question(query: query, priority: priority))
            let (kept, isFirst) = state.withLock { state -> (TimedReading?, Bool) in
                if let entry = state.entries[query], now - entry.askedAt <= lifetime {
                    return (entry.timed, false)
                }
                state.waiting[question, default: []].append(continuation)
                return (nil, state.waiting[question]?.count == 1)
            }
            if let kept { return continuation.resume(returning: kept) }
            // A task of its own: that the first one gives up is nothing to those behind.
            if isFirst { Task { await ask(query, priority, hint, now) } }
        }
    }

    /// Whether a reading of it is young enough to serve.
    public func isKept(_ query: HoldingQuery) -> Bool {
        let now = now()
        return state.withLock { $0.entries[query].map { now - $0.askedAt <= lifetime } ?? false }
    }

    /// Forgets a reading: what a chain has told since is newer.
    public func forget(_ query: HoldingQuery) { state.withLock { $0.entries[query] = nil } }

    private func ask(
        _ query: HoldingQuery, _ priority: RequestPriority, _ hint: SolanaAddress?, _ askedAt: Int64
    ) async {
        let checkedAt = Timestamp.now()
        let timed = TimedReading(await reader(query, priority, hint), checkedAt: checkedAt)
        let waiting = state.withLock { state in
            if case .holds = timed.reading { keep(Entry(timed: timed, askedAt: askedAt), query, &state) }
            return state.waiting.removeValue(forKey: Question(query: query, priority: priority)) ?? []
        }
        for continuation in waiting { continuation.resume(returning: timed) }
    }

    private func keep(_ entry: Entry, _ query: HoldingQuery, _ state: inout State) {
        if state.entries[query] == nil, state.entries.count >= capacity {
            state.entries = state.entries.filter { entry.askedAt - $0.value.askedAt <= lifetime }
            // All still young: one goes, whichever, and costs a question when it is wanted again.
            if state.entries.count >= capacity, let any = state.entries.keys.first {
                state.entries[any] = nil
            }
        }
        state.entries[query] = entry
    }
}
