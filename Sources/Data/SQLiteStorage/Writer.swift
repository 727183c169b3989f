import Storage
import StoreWorkers

/// The one connection that writes: it takes all that waits, runs it in one transaction and reports.
///
/// Each job has a savepoint, so that one that fails leaves nothing behind and hurts nobody else. Where the disk
/// fails or is full, the whole transaction is given up and every job in it hears so; the next one starts afresh.
final class Writer: Sendable {
    private let connection: SQLiteConnection
    private let checkpointer: Checkpointer
    private let health: StoreHealth
    private let thread = WorkerThread(name: "sqlite-write")

    init(connection: SQLiteConnection, checkpointer: Checkpointer, health: StoreHealth) {
        self.health = health
        self.connection = connection
        self.checkpointer = checkpointer
    }

    /// Works on a queue until it is closed and dry.
    func start(_ queue: WorkQueue<any WriteJob>, atMost count: Int) -> Task<Void, Never> {
        Task(executorPreference: thread) {
            while true {
                let jobs = await queue.next(atMost: count)
                if jobs.isEmpty { break }
                await self.perform(jobs)
                self.checkpointer.logHolds(self.connection.logPages, of: self.connection)
            }
            await self.checkpointer.stop()
            self.thread.stop()
        }
    }

    /// Whether the caller runs on the writer's thread: in a job, or in the report of one.
    var isCurrent: Bool { thread.isCurrent }

    /// Moves the log into the database and lets go of it. Blocks; all other connections must be closed before.
    func close() { connection.close() }

    private func perform(_ jobs: [any WriteJob]) async {
        var errors = [StorageError?](repeating: nil, count: jobs.count)
        let start = ContinuousClock.now
        do {
            try connection.run("BEGIN IMMEDIATE")
            for (index, job) in jobs.enumerated() { errors[index] = try await perform(job) }
            try connection.run("COMMIT")
            health.finished(nil, after: ContinuousClock.now - start)
        } catch {
            giveUp()
            health.finished(error, after: ContinuousClock.now - start)
            // A job's own mistake stays its own; all others were undone by this.
            for index in errors.indices where errors[index] == nil { errors[index] = error }
        }
        for (job, error) in zip(jobs, errors) { job.finished(error) }
    }

    /// Runs a job in a savepoint.
    ///
    /// - Returns: The job's own failure, which was undone.
    /// - Throws: What spoils the whole transaction.
    private func perform(_ job: any WriteJob) async throws(StorageError) -> StorageError? {
        try connection.run("SAVEPOINT job")
        do {
            try await job.run(connection)
            try connection.run("RELEASE job")
            return nil
        } catch {
            // SQLite itself rolls back when the disk fails it in certain ways.
            guard !error.isRetryable, connection.isInTransaction else { throw error }
            try connection.run("ROLLBACK TO job")
            try connection.run("RELEASE job")
            return error
        }
    }

    private func giveUp() {
        if connection.isInTransaction { _ = try? connection.run("ROLLBACK") }
    }
}
