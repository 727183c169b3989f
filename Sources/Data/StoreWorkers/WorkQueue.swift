import Bytes
import Synchronization

/// A bounded queue from any thread to the tasks of a few worker threads.
package final class WorkQueue<Work: Sendable>: Sendable {
    private struct State {
        var waiting = FIFOQueue<Work>()
        var idle: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    /// Queues work and wakes a worker.
    ///
    /// - Parameter isFollowUp: Whether a worker itself asks, to go on with what was taken: that is never refused.
    /// - Returns: Whether it was taken; false where the queue is full or closed.
    package func push(_ work: Work, isFollowUp: Bool = false) -> Bool {
        let (isTaken, worker) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            let isAccepting = !state.isClosed && state.waiting.count < limit
            guard isAccepting || isFollowUp else { return (false, nil) }
            state.waiting.append(work)
            return (true, state.idle.popLast())
        }
        worker?.resume()
        return isTaken
    }

    /// Takes the oldest work, waiting for it; empty once the queue is closed and has run dry.
    package func next(atMost count: Int) async -> [Work] {
        while true {
            let (work, isClosed) = take(count)
            if !work.isEmpty || isClosed { return work }
            await withCheckedContinuation { continuation in
                let mayWait = state.withLock { state in
                    guard state.waiting.isEmpty, !state.isClosed else { return false }
                    state.idle.append(continuation)
                    return true
                }
                if !mayWait { continuation.resume() }
            }
        }
    }

    /// Takes all that waits, without waiting.
    package func takeAll() -> [Work] { take(.max).0 }

    private func take(_ count: Int) -> ([Work], Bool) {
        state.withLock { state in
            (state.waiting.take(count), state.isClosed)
        }
    }

    /// How much waits.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// How many workers wait for work.
    package var idleCount: Int { state.withLock { $0.idle.count } }

    /// Takes nothing more; what waits is still worked on.
    package func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for worker in idle { worker.resume() }
    }
}
