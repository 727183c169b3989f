import CLinux
import Glibc
import Synchronization

/// The part of an event loop that every thread may touch: its wake-up, and the queue of `async` work for it.
///
/// A task that prefers this executor, or an actor that names it as its own, runs on the loop's thread between the
/// loop's events.
public final class LoopExecutor: SerialExecutor, TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let wakeUp: FileDescriptor
    // True while the loop sleeps or is about to: the one who turns it to false writes the eventfd, so that a busy
    // loop costs its posters no system call.
    private let isAsleep = Atomic<Bool>(false)
    private let thread = Atomic<UInt>(0)

    init() throws(SystemError) {
        let number = stoa_eventfd()
        guard number >= 0 else { throw SystemError(errno, during: "eventfd") }
        wakeUp = FileDescriptor(owning: number)
    }

    /// The eventfd to watch.
    var descriptor: CInt { wakeUp.rawValue }

    /// Queues a job of the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        wake()
    }

    /// This executor for an actor's `unownedExecutor`.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Traps unless called on the loop's thread.
    public func checkIsolated() { precondition(isCurrent, "not on the event loop's thread") }

    /// Whether the caller runs on the loop's thread.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Makes the loop look at its queues soon.
    func wake() {
        guard isAsleep.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        // It fails only when the counter is full, and then the loop is awake anyway.
        _ = unsafe write(wakeUp.rawValue, &one, 8)
    }

    func adoptCurrentThread() { thread.store(UInt(pthread_self()), ordering: .relaxed) }

    /// Says that the loop is about to sleep; it must look at its queues once more after this.
    func willSleep() { isAsleep.store(true, ordering: .sequentiallyConsistent) }

    func isAwake() { isAsleep.store(false, ordering: .relaxed) }

    /// Empties the eventfd.
    func acknowledge() {
        var count: UInt64 = 0
        _ = unsafe read(wakeUp.rawValue, &count, 8)
    }

    var hasJobs: Bool { jobs.withLock { !$0.isEmpty } }

    /// Runs what is queued now; what these jobs queue waits for the next turn.
    func runJobs() {
        let batch = jobs.withLock { jobs in
            let batch = jobs
            jobs.removeAll(keepingCapacity: batch.count <= 256)
            return batch
        }
        for job in batch {
            unsafe job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }
}
