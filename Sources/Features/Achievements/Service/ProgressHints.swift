public import Storage
import Synchronization

/// Says in which rooms something has happened: all that the path of a message has to do with progress.
public final class ProgressHints: Sendable {
    private struct State {
        var rooms: Set<String> = []
        var waiter: CheckedContinuation<Void, Never>?
        var isEnded = false
    }

    private let state = Mutex(State())

    /// Hints that nobody waits for yet.
    public init() {}

    /// Notes what a transaction of the log has brought. Called on the store's thread; a commit costs one lock.
    public func committed(_ results: [AppendResult]) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            for result in results {
                guard case .appended = result.outcome else { continue }
                state.rooms.insert(result.room)
            }
            guard !state.rooms.isEmpty else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// The rooms since the last call, without waiting.
    func take() -> Set<String> {
        state.withLock { state in
            defer { state.rooms = [] }
            return state.rooms
        }
    }

    /// Waits until there is a hint, or ``wake()`` is called. One waits at a time.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.rooms.isEmpty, !state.isEnded else { return true }
                state.waiter = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Ends a wait.
    func wake() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Ends all waiting, for good.
    func end() {
        state.withLock { $0.isEnded = true }
        wake()
    }
}
