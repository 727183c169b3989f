import Glibc
import Reactor
package import Storage
import Synchronization

/// A thread on which tasks may block: what prefers this executor runs there and nowhere else.
package final class WorkerThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let isStopping = Atomic<Bool>(false)
    private let thread = Atomic<UInt>(0)
    private let ready: Semaphore

    package init(name: String) {
        ready = Semaphore()
        DetachedThread.start(name: name) { self.run() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        ready.signal()
    }

    /// Ends the thread once nothing is queued any more.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        ready.signal()
    }

    /// Whether the caller runs on this thread.
    package var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while true {
            ready.wait()
            let batch = jobs.withLock { jobs in
                let batch = jobs
                jobs.removeAll(keepingCapacity: true)
                return batch
            }
            for job in batch { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            if batch.isEmpty, isStopping.load(ordering: .acquiring) { return }
        }
    }
}

extension WorkerThread {
    /// Runs something that blocks on a thread of its own.
    package static func run<R: Sendable>(
        name: String, _ body: @escaping @Sendable () throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let result: Result<R, StorageError> = await withCheckedContinuation { continuation in
            DetachedThread.start(name: name) {
                do throws(StorageError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
