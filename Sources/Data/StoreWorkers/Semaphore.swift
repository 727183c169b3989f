import Glibc

/// Counts signals; waiting takes one.
@safe package final class Semaphore: Sendable {
    // Invariant: initialised from init to deinit, and only ever touched by the sem_ functions, which any thread may
    // call.
    private nonisolated(unsafe) let handle: UnsafeMutablePointer<sem_t>

    package init() {
        unsafe handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        unsafe sem_init(handle, 0, 0)
    }

    deinit {
        unsafe sem_destroy(handle)
        unsafe handle.deallocate()
    }

    package func signal() { unsafe sem_post(handle) }

    package func wait() { while unsafe sem_wait(handle) != 0 && errno == EINTR {} }
}
