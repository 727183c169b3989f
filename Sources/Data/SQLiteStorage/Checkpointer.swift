import Storage
import Synchronization

/// Moves the write-ahead log into the database beside the writer, so that nobody who writes waits for it.
///
/// A log starts anew only once all of it has been moved, which under steady load the checkpointer alone never
/// reaches: the writer is always a little ahead. So past ``highWater`` the writer moves the small rest itself.
final class Checkpointer: Sendable {
    /// Pages in the log from which on it is worth moving: 4 MB.
    static let lowWater = 1024
    /// Pages in the log from which on the writer helps: 32 MB.
    static let highWater = 8192

    private let connection: SQLiteConnection
    private let thread = WorkerThread(name: "sqlite-checkpt")
    private let isBusy = Atomic<Bool>(false)
    private let running = Mutex<Task<Void, Never>?>(nil)

    init(connection: SQLiteConnection) { self.connection = connection }

    /// Tells how long the log is after a commit. Called by the writer between two transactions.
    func logHolds(_ pages: Int, of writer: SQLiteConnection) {
        guard pages >= Checkpointer.lowWater, !isBusy.load(ordering: .acquiring) else { return }
        if pages >= Checkpointer.highWater {
            // Fails where the disk does; the log is whole anyway and the next commit tries again.
            _ = try? writer.checkpoint()
            return
        }
        isBusy.store(true, ordering: .relaxed)
        let task = Task(executorPreference: thread) {
            _ = try? self.connection.checkpoint()
            self.isBusy.store(false, ordering: .releasing)
        }
        running.withLock { $0 = task }
    }

    func stop() async {
        await running.withLock { $0 }?.value
        connection.close()
        thread.stop()
    }
}
