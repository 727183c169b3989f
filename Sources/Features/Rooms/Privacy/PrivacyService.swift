import Bytes
import Cryptography
public import Identity
import JSON
public import Storage
import Telemetry

/// Exports and erases what is kept of people: durable jobs in small steps, between which everybody else goes on.
///
/// Each step is done and noted in one transaction, or may be done twice: a job goes on where it was after a crash.
public final class PrivacyService: Sendable {
    /// The name of those who stand where an erased person stood.
    static let nameless = "Deleted person"
    private static let leaseMilliseconds: Int64 = 30_000
    private static let attemptLimit = 100

    /// Rings when what was kept of somebody's account is gone.
    public let erased = ChangeBell()
    let context: RoomContext
    let access: AccessService
    let repository: PrivacyRepository
    let audit: AuditRepository
    let settings: PrivacySettings
    private let work = RecurringWork()

    /// The service over a store.
    public init(
        _ context: RoomContext, _ access: AccessService, _ repository: PrivacyRepository,
        _ audit: AuditRepository,
        _ settings: PrivacySettings
    ) {
        self.context = context
        self.access = access
        self.repository = repository
        self.audit = audit
        self.settings = settings
    }

    // MARK: Asking

    /// Asks for an export or an erasure; where one runs for this person already, that one is the answer.
    public func ask(_ kind: PrivacyJob.Kind, of person: PersonKey) async throws(StorageError) -> PrivacyJob {
        let job = try await repository.make(PrivacyJob(kind, of: person))
        work.wake()
        return job
    }

    /// A job by its id.
    public func job(_ id: String) async throws(StorageError) -> PrivacyJob? { try await repository.job(id) }

    /// A part of an export.
    public func part(_ number: Int, of job: String) async throws(StorageError) -> String? {
        try await repository.part(number, of: job)
    }

    // MARK: Running

    /// Does the jobs that there are, and those that come, until ``stop()``.
    public func start() {
        work.start { [self] in
            do {
                try await repository.releaseAll()
            } catch {
                Log.error("exports and erasures wait: \(error)")
            }
            await work.run(every: .seconds(5)) { await runAll() }
        }
    }

    /// Ends behind the step at hand.
    public func stop() async { await work.stop() }

    private func runAll() async {
        do {
            try await repository.forget(before: .now())
            while !Task.isCancelled, let job = try await repository.claim(until: lease()) { await run(job) }
        } catch {
            Log.error("exports and erasures wait: \(error)")
        }
    }

    private func run(_ claimed: PrivacyJob) async {
        var job = claimed
        do {
            while job.state == .running, !Task.isCancelled {
                job = job.kind == .export ? try await exportStep(job) : try await eraseStep(job)
            }
        } catch {
            Log.error("an \(job.kind.rawValue) waits: \(error)")
            // The lease runs out, and somebody goes on where this ended.
            guard job.attempts >= PrivacyService.attemptLimit else { return }
            job.state = .failed
            try? await repository.save(job, lease: lease())
        }
    }

    /// Until when a step is to be done.
    func lease() -> Timestamp {
        Timestamp(milliseconds: Timestamp.now().milliseconds + PrivacyService.leaseMilliseconds)
    }

    /// Writes counts by kind as an object.
    static func write(_ counts: [String: Int], to writer: inout JSONWriter) {
        writer.beginObject()
        for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.key(dynamic: kind)
            writer.value(count)
        }
        writer.endObject()
    }

    /// Ends a job with its receipt, which says nothing of the person.
    func finish(_ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        let now = Timestamp.now()
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("job", job.id)
        writer.field("kind", job.kind.rawValue)
        writer.field("asked_at", job.madeAt.milliseconds)
        writer.field("done_at", now.milliseconds)
        writer.key("counts")
        PrivacyService.write(job.counts, to: &writer)
        writer.endObject()
        let receipt = writer.text()
        job.receipt = receipt
        job.hash = Hex.encode(Digest.sha256(receipt.utf8Span.span).span)
        job.state = .done
        if job.kind == .erase {
            job.person = PersonKey(tenant: job.person.tenant, user: "")
        } else {
            job.expiresAt = Timestamp(milliseconds: now.milliseconds + settings.exportMilliseconds)
        }
        try await repository.save(job, lease: now)
        return job
    }
}
