import Bytes
public import Storage
import Synchronization
import Telemetry

/// Does the queue's jobs whose kinds this process knows: those put in here at once, others as it looks.
///
/// A job is begun at least once and may be begun again, here or in another process, when its lease runs out before it is
/// done: what a handler does must be the same when it is done twice.
public final class JobRunner: Sendable {
    /// Does a job. What it returns is kept as the job's result, as JSON; what it throws brings another attempt.
    public typealias Handler = @Sendable (JobRecord) async throws -> String?

    /// How many jobs are done at a time.
    private static let batch = 256
    /// How often what is old is deleted and what there is counted, in looks.
    private static let looksPerCount = 10
    private static let looksPerCleaning = 600

    private let repository: JobRepository
    private let worker: String
    private let settings: JobSettings
    private struct Rule: Sendable {
        let isInOrder: Bool
        let handler: Handler
    }

    private let rules = Mutex<[String: Rule]>([:])
    private let state = Mutex(JobFigures())
    private let work = RecurringWork()

    /// A runner over a store's queue.
    ///
    /// - Parameter worker: What the queue calls it.
    public init(_ repository: JobRepository, worker: String, settings: JobSettings) {
        self.repository = repository
        self.worker = worker
        self.settings = settings
    }

    /// What there is and was.
    public var figures: JobFigures { state.withLock { $0 } }

    /// Says who does jobs of a kind. Called before ``start()``.
    ///
    /// - Parameter isInOrder: Whether those that are due at a time are begun one after the other, the oldest first; else
    ///   all at once.
    public func handle(_ kind: String, inOrder isInOrder: Bool = false, _ handler: @escaping Handler) {
        rules.withLock { $0[kind] = Rule(isInOrder: isInOrder, handler: handler) }
    }

    /// Something was put into the queue and is durable: it is looked at now. May be called from any thread.
    public func wake() { work.wake() }

    /// Does the jobs that there are, and those that come, until ``stop()``.
    public func start() {
        work.start { [self] in
            await tryTo("the jobs of the last run wait") { () async throws(StorageError) in
                try await repository.releaseOwn(kinds)
            }
            var look = 0
            await work.run(every: .milliseconds(self.settings.pollMilliseconds)) {
                await runDue()
                if look % JobRunner.looksPerCount == 0 { await count() }
                if look % JobRunner.looksPerCleaning == 0 { await clean() }
                look += 1
            }
        }
    }

    /// Ends behind the jobs at hand.
    public func stop() async { await work.stop() }

    // MARK: Working

    private var kinds: [String] { rules.withLock { $0.keys.sorted() } }

    private func tryTo(_ words: String, _ body: () async throws(StorageError) -> Void) async {
        do throws(StorageError) {
            try await body()
        } catch {
            Log.error("\(words): \(error)")
        }
    }

    private func runDue() async {
        await tryTo("jobs wait") { () async throws(StorageError) in
            while !Task.isCancelled {
                let jobs = try await repository.lease(
                    kinds, worker: worker, limit: JobRunner.batch, milliseconds: settings.leaseMilliseconds)
                guard !jobs.isEmpty else { return }
                try await run(jobs)
            }
        }
    }

    private func run(_ jobs: [JobRecord]) async throws(StorageError) {
        let rules = rules.withLock { $0 }
        // Those who have begun come to their end, also when the server stops.
        let ends = await Task { await JobRunner.ends(of: jobs, rules) }.value
        let done = ends.compactMap { end in end.reason == nil ? (job: end.job, result: end.result) : nil }
        if !done.isEmpty {
            let ended = try await repository.complete(done).count
            state.withLock { $0.done += ended }
        }
        for end in ends {
            guard let reason = end.reason else { continue }
            let job = try await repository.fail(end.job.id, lease: end.job.lease, reason: reason)
            let isDead = job?.state == .dead
            state.withLock { figures in
                if isDead { figures.dead += 1 } else { figures.retried += 1 }
            }
            if isDead { Log.error("a job \(end.job.kind) is given up: \(reason)") }
        }
    }

    private struct End: Sendable {
        let job: JobRecord
        var result: String?
        var reason: String?
    }

    private static func ends(of jobs: [JobRecord], _ rules: [String: Rule]) async -> [End] {
        await withTaskGroup(of: [End].self) { group in
            for (kind, jobs) in Dictionary(grouping: jobs, by: \.kind) {
                guard let rule = rules[kind] else { continue }
                for line in rule.isInOrder ? [jobs] : jobs.map({ [$0] }) {
                    group.addTask {
                        var ends: [End] = []
                        for job in line { ends.append(await end(of: job, rule.handler)) }
                        return ends
                    }
                }
            }
            var ends: [End] = []
            for await some in group { ends += some }
            return ends
        }
    }

    private static func end(of job: JobRecord, _ handler: Handler) async -> End {
        do {
            return End(job: job, result: try await handler(job))
        } catch {
            return End(job: job, reason: "\(error)")
        }
    }

    // MARK: Keeping

    private func count() async {
        await tryTo("jobs are not counted") { () async throws(StorageError) in
            let counts = try await repository.counts()
            state.withLock { $0.counts = counts }
        }
    }

    private func clean() async {
        await tryTo("old jobs stay") { () async throws(StorageError) in
            for (state, days) in [(JobRecord.State.done, settings.doneDays), (.dead, settings.deadDays)] {
                let age = Int64(days) * 86_400_000
                let cutoff = Timestamp(milliseconds: Timestamp.now().milliseconds - age)
                while try await repository.forget(state, endedBefore: cutoff) == 500 {}
            }
        }
    }
}
