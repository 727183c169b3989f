import Synchronization

/// Sees to it that one sweep runs at a time, and that what is wished for meanwhile comes after it.
final class SweepTurn: Sendable {
    private enum State { case idle, running, wishedFor }

    private let state = Mutex(State.idle)

    /// Wishes for a sweep.
    ///
    /// - Returns: Whether it is the caller who runs it.
    func begin() -> Bool {
        state.withLock { state in
            defer { state = state == .idle ? .running : .wishedFor }
            return state == .idle
        }
    }

    /// A sweep is over.
    ///
    /// - Returns: Whether the caller runs another one.
    func end() -> Bool {
        state.withLock { state in
            defer { state = state == .wishedFor ? .running : .idle }
            return state == .wishedFor
        }
    }
}
