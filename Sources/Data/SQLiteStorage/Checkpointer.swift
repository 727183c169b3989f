import Storage
import StoreWorkers
import Synchronization

/// Moves the write-ahead log into the database beside the writer, so that nobody who writes waits for it.
///
/// A log starts anew only once all of it has been moved, which under steady load the checkpointer alone never
/// reaches: the writer is always a little ahead. So past ``highWater`` the writer moves the small rest itself.
final class Checkpointer: Sendable {
    /// Every so many pages the log is moved: 16 MB. Pages that change often are moved once for many changes.
    static let step = 4096
    /// Pages in the log from which on the writer helps: 64 MB.
    static let highWater = 16_384

    private let connection: SQLiteConnection
    private let thread = WorkerThread(name: "sqlite-checkpt")
    private let isBusy = Atomic<Bool>(false)
    // Only the writer touches it: how long the log was when it was last moved.
    private let moved = Atomic<Int>(0)
    private let running = Mutex<Task<Void, Never>?>(nil)

    init(connection: SQLiteConnection) { self.connection = connection }

    /// Tells how long the log is after a commit. Called by the writer between two transactions.
    func logHolds(_ pages: Int, of writer: SQLiteConnection) {
        // Shorter than before: it began anew.
        if pages < moved.load(ordering: .relaxed) { moved.store(0, ordering: .relaxed) }
        guard pages - moved.load(ordering: .relaxed) >= Checkpointer.step, !isBusy.load(ordering: .acquiring)
        else { return }
        moved.store(pages, ordering: .relaxed)
        if pages >= Checkpointer.highWater {
            // Fails where the disk does; the log is whole anyway and a later commit tries again.
            _ = try? writer.checkpoint()
        } else {
            isBusy.store(true, ordering: .relaxed)
            moveBeside()
        }
    }

    private func moveBeside() {
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
