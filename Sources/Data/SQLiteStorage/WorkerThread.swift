import CLinux
import Glibc
import Storage
import Synchronization

/// A thread on which tasks may block: what prefers this executor runs there and nowhere else.
final class WorkerThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let isStopping = Atomic<Bool>(false)
    private let thread = Atomic<UInt>(0)
    private let ready: Semaphore

    init(name: String) {
        ready = Semaphore()
        Thread.start(name: name) { self.run() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        ready.signal()
    }

    /// Ends the thread once nothing is queued any more.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        ready.signal()
    }

    /// Whether the caller runs on this thread.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

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

/// Counts signals; waiting takes one.
@safe final class Semaphore: Sendable {
    // Invariant: initialised from init to deinit, and only ever touched by the sem_ functions, which any thread may
    // call.
    private nonisolated(unsafe) let handle: UnsafeMutablePointer<sem_t>

    init() {
        unsafe handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        unsafe sem_init(handle, 0, 0)
    }

    deinit {
        unsafe sem_destroy(handle)
        unsafe handle.deallocate()
    }

    func signal() { unsafe sem_post(handle) }

    func wait() { while unsafe sem_wait(handle) != 0 && errno == EINTR {} }
}

/// Starts detached threads.
enum Thread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a thread; the system's tools show at most 15 characters of the name.
    static func start(name: String, _ run: @escaping @Sendable () -> Void) {
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run)).toOpaque()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                unsafe body.name.withCString { unsafe stoa_name_thread($0) }
                body.run()
                return nil
            }, body)
        unsafe pthread_attr_destroy(&attributes)
        // Only at start: a process that cannot have five threads cannot serve.
        precondition(code == 0, "cannot start thread \(name)")
    }
}

extension WorkerThread {
    /// Runs something that blocks on a thread of its own.
    static func run(
        name: String, _ body: @escaping @Sendable () throws(StorageError) -> Void
    ) async throws(StorageError) {
        let result: Result<Void, StorageError> = await withCheckedContinuation { continuation in
            Thread.start(name: name) {
                do throws(StorageError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try result.get()
    }
}
