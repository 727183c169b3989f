import Bytes
import Synchronization

/// The log's queue, and the write that empties it: submitted to the database whenever something waits.
///
/// ```
///   idle ──append──► submitted ──run──► running ──finished, none waits──► idle
///                        ▲                  └──finished, more waits──┐
///                        └───────────────────────────────────────────┘
/// ```
final class AppendJob: WriteJob {
    private struct State {
        var waiting = FIFOQueue<AppendRequest>()
        // What the transaction at hand carries, and what it made of it.
        var running: [AppendRequest] = []
        var outcomes: [AppendOutcome] = []
        // Whether its run looks for nothing that it can hear of from the server when it goes wrong.
        var isHasty = false
        // How many transactions take their time, since something was repeated or failed.
        var patience = 0
        var isSubmitted = false
        var figures = MessageLogFigures()
        var delegate: (any MessageLogDelegate)?
        // How many were ever taken and reported, and who waits for reports to reach a number.
        var taken = 0
        var reported = 0
        var drains: [(until: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Repeats come in swarms, when connections were lost. One that comes alone costs as much as a few transactions'
    /// looking.
    private static let patience = 20

    private let state = Mutex(State())
    private let database: any Database
    private let limits: MessageLogLimits

    init(database: any Database, limits: MessageLogLimits) {
        self.database = database
        self.limits = limits
    }

    func setDelegate(_ delegate: any MessageLogDelegate) { state.withLock { $0.delegate = delegate } }

    var figures: MessageLogFigures {
        state.withLock { state in
            var figures = state.figures
            figures.queued = state.waiting.count
            figures.running = state.running.count
            return figures
        }
    }

    func append(_ request: AppendRequest) -> Bool {
        state.withLock { state in
            guard state.waiting.count < limits.queuedAppends else { return false }
            if !state.isSubmitted {
                // Under the lock, so that nobody appends to a queue that the database then refuses to empty; the
                // database's own lock is a leaf.
                guard database.submit(self) else { return false }
                state.isSubmitted = true
            }
            state.waiting.append(request)
            state.taken += 1
            return true
        }
    }

    func drain() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.reported == state.taken { return true }
                state.drains.append((state.taken, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    /// A room's counter is in its row, which this holds: other processes may write other rooms meanwhile.
    var lock: WriteLock { .rooms }

    func run(_ transaction: any Queryable) async throws(StorageError) {
        let (requests, isHasty) = state.withLock { state in
            // A database that runs a body again gets the same requests again.
            let isFirst = state.running.isEmpty
            if isFirst { takeUp(&state) }
            state.isHasty = isFirst && state.patience == 0 && database.dialect.isRemote
            return (state.running, state.isHasty)
        }
        var outcomes: [AppendOutcome]
        if isHasty {
            var batch = batch(of: requests, in: transaction, isHasty: true)
            outcomes = try await batch.append()
        } else {
            outcomes = try await append(requests, transaction)
        }
        state.withLock { state in
            state.outcomes = outcomes
            if outcomes.contains(where: \.isDuplicate) {
                state.patience = AppendJob.patience
            } else if state.patience > 0 {
                state.patience -= 1
            }
        }
    }

    /// A hasty run that failed may have come upon a repeat; or one of its requests spoiled it for all.
    func runsAgain(after error: StorageError) -> Bool {
        state.withLock { state in
            defer { state.isHasty = false }
            if state.isHasty { state.patience = AppendJob.patience }
            return state.isHasty
        }
    }

    private func batch(
        of requests: [AppendRequest], in transaction: any Queryable, isHasty: Bool
    ) -> AppendBatch {
        AppendBatch(
            requests, in: transaction, search: database.search, limits: limits, dialect: database.dialect,
            isHasty: isHasty)
    }

    /// Appends all together, or one by one where one of them spoils it for all.
    private func append(
        _ requests: [AppendRequest], _ transaction: any Queryable
    ) async throws(StorageError) -> [AppendOutcome] {
        do {
            return try await attempt(requests, transaction)
        } catch {
            guard !error.isRetryable, requests.count > 1 else { throw error }
        }
        var outcomes: [AppendOutcome] = []
        for request in requests {
            do {
                outcomes += try await attempt([request], transaction)
            } catch {
                guard !error.isRetryable else { throw error }
                outcomes.append(.failed(error))
            }
        }
        return outcomes
    }

    private func attempt(
        _ requests: [AppendRequest], _ transaction: any Queryable
    ) async throws(StorageError) -> [AppendOutcome] {
        try await transaction.execute("SAVEPOINT appends")
        do {
            var batch = batch(of: requests, in: transaction, isHasty: false)
            let outcomes = try await batch.append()
            // A query, not `execute`: what failed of the above is known when it returns.
            _ = try await transaction.query("RELEASE SAVEPOINT appends")
            return outcomes
        } catch {
            guard !error.isRetryable else { throw error }
            try await transaction.execute("ROLLBACK TO SAVEPOINT appends")
            try await transaction.execute("RELEASE SAVEPOINT appends")
            throw error
        }
    }

    func finished(_ error: StorageError?) {
        let results = state.withLock { state -> [AppendResult] in
            // The database failed before it came to us: what waited for this transaction has failed with it.
            if error != nil, state.running.isEmpty { takeUp(&state) }
            return takeResults(&state, error)
        }
        report(results)
        let refused = state.withLock { state -> [AppendResult] in
            state.isSubmitted = state.waiting.count > 0 && database.submit(self)
            if state.isSubmitted { return [] }
            state.running = state.waiting.take()
            return takeResults(&state, .unavailable("the store takes no more writes"))
        }
        report(refused)
    }

    func refuseWaiting(_ error: StorageError) {
        let refused = state.withLock { state -> [AppendResult] in
            state.waiting.take().map {
                AppendResult(ticket: $0.ticket, room: $0.room, outcome: .failed(error))
            }
        }
        report(refused)
    }

    private func takeUp(_ state: inout State) {
        state.running = state.waiting.take(limits.appendsPerTransaction)
    }

    private func takeResults(_ state: inout State, _ error: StorageError?) -> [AppendResult] {
        let failure = error.map { AppendOutcome.failed($0) }
        let results = state.running.enumerated().map { index, request in
            AppendResult(
                ticket: request.ticket, room: request.room, outcome: failure ?? state.outcomes[index])
        }
        state.running = []
        state.outcomes = []
        return results
    }

    private func report(_ results: [AppendResult]) {
        if results.isEmpty { return }
        state.withLock { $0.delegate }?.committed(results)
        let drained = state.withLock { state in
            state.reported += results.count
            state.figures.count(results)
            let reported = state.reported
            defer { state.drains.removeAll { $0.until <= reported } }
            return state.drains.filter { $0.until <= reported }
        }
        for drain in drained { drain.continuation.resume() }
    }
}
