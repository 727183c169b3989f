import Synchronization

/// Something that goes on while the server runs.
final class Watch: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Begins it.
    func start(_ body: @escaping @Sendable () async -> Void) {
        let task = Task { await body() }
        self.task.withLock { $0 = task }
    }

    /// Ends it.
    func stop() { task.withLock { $0 }?.cancel() }
}
