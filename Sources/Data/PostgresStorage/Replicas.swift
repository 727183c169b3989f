import Storage
import StoreWorkers
import Synchronization

/// The servers that follow the primary, which of them may be asked, and how far behind they are.
///
/// Clocks of several machines say little, and an idle primary writes nothing that could be dated: so a thread asks the
/// primary now and then where its write-ahead log is, and notes when it asked. A replica that has replayed up to there
/// has all that was committed by then.
final class Replicas: Sendable {
    private struct State {
        var turn = 0
        var reads = 0
        var misses = ReplicaMisses()
    }

    private static let interval = Duration.milliseconds(250)

    private let replicas: [Replica]
    private let limit: Duration
    private let primary: Question
    private let thread = WorkerThread(name: "postgres-replicas")
    private let state = Mutex(State())

    /// - Parameter primary: A connection to the primary for the watch alone.
    init(_ targets: [PostgresTarget], _ primary: Link, _ options: PostgresOptions) {
        replicas = targets.map { Replica($0, options) }
        limit = options.replicaLag
        self.primary = Question(primary, "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint")
    }

    /// Looks where they are until the task is cancelled.
    func startWatch() -> Task<Void, Never> {
        Task(executorPreference: thread) {
            var marks: [PrimaryMark] = []
            while !Task.isCancelled {
                self.look(&marks)
                try? await Task.sleep(for: Replicas.interval)
            }
            for replica in self.replicas { replica.endWatch() }
            self.primary.close()
            self.thread.stop()
        }
    }

    /// Works on their queues until they are closed and dry.
    func start() -> [Task<Void, Never>] { replicas.flatMap { $0.start() } }

    func close() { for replica in replicas { replica.close() } }

    private func look(_ marks: inout [PrimaryMark]) {
        let now = ContinuousClock.now
        if case .some(.some(let position)) = primary.ask() {
            marks.append(PrimaryMark(moment: now, position: position))
        }
        // Of older ones a replica that is used needs none.
        marks.removeAll { now - $0.moment > limit + .seconds(1) }
        for replica in replicas { replica.look(marks) }
    }

    // MARK: Reading

    /// Reads at one of them.
    ///
    /// - Returns: The body's result; nil where the primary is to be asked.
    func read<R: Sendable>(
        where suits: @escaping @Sendable (any Queryable) async throws(StorageError) -> Bool,
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async -> R? {
        guard let replica = next() else {
            state.withLock { $0.misses.away += 1 }
            return nil
        }
        let outcome: ReplicaJob<R>.Outcome = await withCheckedContinuation { continuation in
            let job = ReplicaJob(suits, body, continuation)
            if !replica.submit(job) { job.finished(.unavailable("too many reads wait")) }
        }
        return state.withLock { state in
            switch outcome {
            case .done(let result):
                state.reads += 1
                return result
            case .behind: state.misses.behind += 1
            case .failed: state.misses.failed += 1
            }
            return nil
        }
    }

    /// One that is there and near enough, each in its turn.
    private func next() -> Replica? {
        let turn = state.withLock { state in
            state.turn &+= 1
            return state.turn
        }
        for offset in replicas.indices {
            let replica = replicas[(turn &+ offset) % replicas.count]
            if replica.isUsable(within: limit) { return replica }
        }
        return nil
    }

    /// Adds how they stand to the store's figures.
    func report(to figures: inout StoreFigures) {
        (figures.reads.replica, figures.replicaMisses) = state.withLock { ($0.reads, $0.misses) }
        figures.replicas = replicas.map {
            ReplicaFigures(name: $0.name, lag: $0.lag, isUsed: $0.isUsable(within: limit))
        }
    }
}

/// A reading on its way to a replica.
private final class ReplicaJob<R: Sendable>: ReadJob {
    enum Outcome: Sendable {
        case done(R)
        /// It has not yet what must be seen.
        case behind
        case failed
    }

    private let suits: @Sendable (any Queryable) async throws(StorageError) -> Bool
    private let body: @Sendable (any Queryable) async throws(StorageError) -> R
    private let continuation: CheckedContinuation<Outcome, Never>
    private let outcome = Mutex(Outcome.behind)

    init(
        _ suits: @escaping @Sendable (any Queryable) async throws(StorageError) -> Bool,
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R,
        _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        self.suits = suits
        self.body = body
        self.continuation = continuation
    }

    func run(_ snapshot: any Queryable) async throws(StorageError) {
        guard try await suits(snapshot) else { return }
        let result = try await body(snapshot)
        outcome.withLock { $0 = .done(result) }
    }

    func finished(_ error: StorageError?) {
        // Whatever it was, the primary is asked: what is the reader's own mistake shows there again.
        continuation.resume(returning: error == nil ? outcome.withLock { $0 } : .failed)
    }
}
