import Bytes
import Storage
import Synchronization
import Telemetry

/// Runs the store's retention job now and then.
final class Retention: Sendable {
    private let job: RetentionJob
    private let audit: AuditRepository
    private let auditDays: Int
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - days: How long messages are kept where a room says nothing; 0 for ever.
    ///   - auditDays: How long the record of privileged acts is kept; 0 for ever.
    init(database: any Database, days: Int, auditDays: Int) {
        var job = RetentionJob(database: database)
        job.defaultDays = days == 0 ? nil : days
        self.job = job
        audit = AuditRepository(database: database)
        self.auditDays = auditDays
    }

    func start() {
        let (job, audit, auditDays) = (job, audit, auditDays)
        let running = Task {
            while !Task.isCancelled {
                do {
                    let removed = try await job.run()
                    if removed > 0 { Log.info("retention removed \(removed) events") }
                    try await Retention.forget(audit, auditDays)
                } catch {
                    Log.error("retention failed: \(error)")
                }
                try? await Task.sleep(for: .seconds(600))
            }
        }
        task.withLock { $0 = running }
    }

    private static func forget(_ audit: AuditRepository, _ days: Int) async throws(StorageError) {
        guard days > 0 else { return }
        let cutoff = Timestamp(milliseconds: Timestamp.now().milliseconds - Int64(days) * 86_400_000)
        while try await audit.forget(before: cutoff, limit: 500) == 500 {}
    }

    func stop() { task.withLock { $0?.cancel() } }
}
