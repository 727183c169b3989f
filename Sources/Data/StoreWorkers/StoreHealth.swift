package import Storage
import Synchronization
package import Telemetry

/// What the writer tells of its transactions, and whether the last one failed; any thread.
package final class StoreHealth: Sendable {
    private struct State {
        var commits = Histogram(HistogramBounds.commit)
        var failures = 0
        var fault: StorageError?
        var lastProbe: ContinuousClock.Instant?
    }

    /// How often a failing store is tried while somebody asks: often enough to be found mended soon.
    private static let probeInterval = Duration.milliseconds(500)

    private let state = Mutex(State())

    package init() {}

    /// A transaction is over; nil where it is durable.
    package func finished(_ error: StorageError?, after duration: Duration) {
        let nanoseconds = duration / .nanoseconds(1)
        let isMended = state.withLock { state in
            defer { state.fault = error }
            if error != nil {
                state.failures += 1
            } else {
                state.commits.observe(Int64(nanoseconds))
            }
            return error == nil && state.fault != nil
        }
        if let error { Log.error("the store gave a transaction up: \(error)") }
        if isMended { Log.notice("the store writes again") }
    }

    /// Why the last transaction failed; nil where it did not.
    package var fault: StorageError? { state.withLock { $0.fault } }

    /// Whether it is time to try a failing store.
    package func wantsProbe() -> Bool {
        state.withLock { state in
            guard state.fault != nil else { return false }
            let now = ContinuousClock.now
            if let last = state.lastProbe, now - last < StoreHealth.probeInterval { return false }
            state.lastProbe = now
            return true
        }
    }

    /// Transactions so far: how long they took, and how many were given up.
    package var transactions: (commits: Histogram, failures: Int) {
        state.withLock { ($0.commits, $0.failures) }
    }
}
