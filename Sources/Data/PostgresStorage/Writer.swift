import Bytes
import Glibc
import Storage
import StoreWorkers
import Synchronization

/// A connection that writes, with its thread: it takes all that waits, runs it in one transaction and reports.
///
/// Every transaction leaves a token in the table `commits`. Where the connection is lost before a COMMIT is answered,
/// the next one leaves the same token first: it waits there until the server has decided about the old transaction,
/// and then finds the token, or may do all of it again.
final class Writer: Sendable {
    private let link: Link
    private let health: StoreHealth
    private let availability: Availability
    private let options: PostgresOptions
    private let thread: WorkerThread
    private let isClosing = Atomic<Bool>(false)
    private let sweep = CommitSweep()
    /// What each transaction holds from its beginning on.
    private let lock: WriteLock

    init(
        _ lock: WriteLock, _ link: Link, _ availability: Availability, _ health: StoreHealth,
        _ options: PostgresOptions
    ) {
        self.lock = lock
        self.link = link
        self.availability = availability
        self.health = health
        self.options = options
        thread = WorkerThread(name: lock == .store ? "postgres-write" : "postgres-append")
    }

    /// Works on a queue until it is closed and dry.
    func start(_ queue: WorkQueue<any WriteJob>) -> Task<Void, Never> {
        Task(executorPreference: thread) {
            _ = try? self.link.open()
            while true {
                let jobs = await queue.next(atMost: self.options.writesPerTransaction)
                if jobs.isEmpty { break }
                await self.perform(jobs) { error in
                    for job in jobs { job.refuseWaiting(error) }
                    for job in queue.takeAll() { job.finished(error) }
                }
            }
            self.link.close()
            self.thread.stop()
        }
    }

    /// Whether the caller runs on the writer's thread: in a job, or in the report of one.
    var isCurrent: Bool { thread.isCurrent }

    /// No longer waits for a server that is away.
    func hurry() { isClosing.store(true, ordering: .releasing) }

    // MARK: One batch

    private func perform(_ jobs: [any WriteJob], refuseOthers: (StorageError) -> Void) async {
        let start = ContinuousClock.now
        var batch = WriteBatch(jobs)
        while true {
            do throws(StorageError) {
                let connection = try link.open()
                if try await attempt(&batch, connection) { return report(batch, nil, since: start) }
            } catch {
                let isOver = isClosing.load(ordering: .acquiring)
                let waited = ContinuousClock.now - start
                let awayFor = availability.absence.map { ContinuousClock.now - $0.since } ?? .zero
                if batch.isFinal || isOver || waited >= options.doubtPatience {
                    return report(batch, error, since: start)
                }
                // Only a batch whose commit may have happened outlasts the patience.
                if max(waited, awayFor) >= options.awayPatience {
                    if !batch.isInDoubt { return report(batch, error, since: start) }
                    refuseOthers(error)
                }
                usleep(20_000)
            }
        }
    }

    private func report(_ batch: WriteBatch, _ error: StorageError?, since start: ContinuousClock.Instant) {
        health.finished(error, after: ContinuousClock.now - start)
        for (job, own) in zip(batch.jobs, batch.errors) { job.finished(own ?? error) }
    }

    /// Tries a batch in one transaction.
    ///
    /// - Returns: Whether it is done; false to try again at once.
    /// - Throws: Why not; the batch says whether another attempt may help.
    private func attempt(_ batch: inout WriteBatch, _ connection: PostgresConnection)
        async throws(StorageError) -> Bool
    {
        do throws(StorageError) {
            if try begin(batch, connection) == .isDecided {
                try confirm(batch, connection)
                batch.isInDoubt = false
                link.worked()
                return true
            }
            batch.isInDoubt = false
            if batch.jobs.count == 1 { return try await runAlone(&batch, connection) }
            try await run(&batch, connection)
        } catch {
            return try recover(&batch, connection, error)
        }
        link.worked()
        if batch.errors.allSatisfy({ $0 != nil }) {
            connection.rollback()
            return true
        }
        do throws(StorageError) {
            try connection.commit()
            return true
        } catch {
            batch.isInDoubt = connection.condition.isGone
            return try recover(&batch, connection, error)
        }
    }

    /// Runs a job that has the transaction for itself: what it sent and did not wait for is answered with the COMMIT,
    /// which the server leaves out where something of it failed.
    private func runAlone(_ batch: inout WriteBatch, _ connection: PostgresConnection)
        async throws(StorageError) -> Bool
    {
        let job = batch.jobs[0]
        batch.errors[0] = nil
        do throws(StorageError) {
            try await job.run(connection)
            // From here on nobody knows, until it is answered.
            batch.isInDoubt = true
            try connection.commit()
            batch.isInDoubt = false
            link.worked()
            return true
        } catch {
            batch.isInDoubt = batch.isInDoubt && connection.condition.isGone
            guard connection.condition == .usable, !error.isRetryable else { throw error }
            connection.rollback()
            link.worked()
            batch.errors[0] = error
            return !job.runsAgain(after: error)
        }
    }

    private func recover(
        _ batch: inout WriteBatch, _ connection: PostgresConnection, _ error: StorageError
    ) throws(StorageError) -> Bool {
        let condition = connection.condition
        batch.attempts += 1
        if condition.isGone {
            link.drop(condition, error)
            // Lost, not silent: the next attempt is at once.
            if condition == .lost, batch.attempts < 3 { return false }
            throw error
        }
        connection.rollback()
        link.worked()
        // The server still has the old transaction: it is asked again.
        if batch.isInDoubt { throw error }
        if condition == .outrun, batch.attempts < 10 { return false }
        batch.isFinal = true
        throw error
    }

    private enum Beginning { case isFresh, isDecided }

    private func begin(_ batch: WriteBatch, _ connection: PostgresConnection) throws(StorageError)
        -> Beginning
    {
        try connection.send("BEGIN ISOLATION LEVEL READ COMMITTED")
        let leave = """
            INSERT INTO commits (token, at) VALUES ($1, EXTRACT(EPOCH FROM now())::bigint)
            ON CONFLICT DO NOTHING RETURNING token
            """
        let token: [[DatabaseValue]] = [[.text(batch.token)]]
        if batch.isInDoubt {
            // Waits for the old transaction, if the server still has it.
            guard try connection.run(leave, token).first?.isEmpty == false else { return .isDecided }
        } else {
            try connection.send(leave, token)
        }
        if lock == .store {
            // First of all that reads: every statement after it sees what earlier holders have committed.
            try connection.send("SELECT pg_advisory_xact_lock(7364, hashtext(current_schema()))")
        }
        if let statement = sweep.due() { try connection.send(statement) }
        return .isFresh
    }

    /// What a server that fell finds again after its start may be on its own disk alone, where a synchronous standby
    /// was to have it too: a transaction that writes waits for the standby, as the first one did, and for all before it.
    private func confirm(_ batch: WriteBatch, _ connection: PostgresConnection) throws(StorageError) {
        try connection.send("UPDATE commits SET at = at WHERE token = $1", [[.text(batch.token)]])
        try connection.commit()
    }

    private func run(_ batch: inout WriteBatch, _ connection: PostgresConnection) async throws(StorageError) {
        for (index, job) in batch.jobs.enumerated() {
            batch.errors[index] = try await run(job, connection)
            if let error = batch.errors[index], job.runsAgain(after: error) {
                batch.errors[index] = try await run(job, connection)
            }
        }
    }

    /// Runs a job beside others, in a savepoint.
    ///
    /// - Returns: The job's own failure, which was undone.
    /// - Throws: What spoils the whole transaction.
    private func run(_ job: any WriteJob, _ connection: PostgresConnection) async throws(StorageError)
        -> StorageError?
    {
        do throws(StorageError) {
            try connection.send("SAVEPOINT job")
            try await job.run(connection)
            try connection.send("RELEASE SAVEPOINT job")
            // What was sent and not waited for belongs to this job.
            try connection.settle()
            return nil
        } catch {
            guard connection.condition == .usable, !error.isRetryable else { throw error }
            try connection.forgive()
            try connection.send("ROLLBACK TO SAVEPOINT job")
            try connection.send("RELEASE SAVEPOINT job")
            return error
        }
    }
}
