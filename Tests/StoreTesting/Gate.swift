import Synchronization

/// Holds a task at a place until it is opened, and tells when the task has come there.
public final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var hasEntered = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watching: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Comes to the gate and waits until it is open.
    public func wait() async {
        let watching = state.withLock { state in
            state.hasEntered = true
            defer { state.watching = [] }
            return state.watching
        }
        for watcher in watching { watcher.resume() }
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Returns once somebody has come to the gate.
    public func entered() async {
        await withCheckedContinuation { continuation in
            let hasEntered = state.withLock { state in
                if !state.hasEntered { state.watching.append(continuation) }
                return state.hasEntered
            }
            if hasEntered { continuation.resume() }
        }
    }

    /// Lets all through from now on.
    public func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }
}
