import SQLiteStorage
import Storage
import Synchronization
import Telemetry

/// Runs the store's retention job now and then.
final class Retention: Sendable {
    private let job: RetentionJob
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter days: How long messages are kept where a room says nothing; 0 for ever.
    init(database: SQLiteDatabase, days: Int) {
        var job = RetentionJob(database: database)
        job.defaultDays = days == 0 ? nil : days
        self.job = job
    }

    func start() {
        let job = job
        let running = Task {
            while !Task.isCancelled {
                do {
                    let removed = try await job.run()
                    if removed > 0 { Log.info("retention removed \(removed) events") }
                } catch {
                    Log.error("retention failed: \(error)")
                }
                try? await Task.sleep(for: .seconds(600))
            }
        }
        task.withLock { $0 = running }
    }

    func stop() { task.withLock { $0?.cancel() } }
}
