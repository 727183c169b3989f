import Storage
import Synchronization
import Telemetry

/// Whether the server is there, as all of a store's threads have found it.
///
/// While it is away one of them tries it now and then, with a back-off and jitter; the others need not wait for that
/// to know.
final class Availability: Sendable {
    private struct State {
        var awaySince: ContinuousClock.Instant?
        var failure: StorageError?
        var nextTry = ContinuousClock.now
        var pause = Availability.shortestPause
        var isTrying = false
        var turn = 0
        var connects = 0
        var open = 0
    }

    /// Long enough not to be in the way of a server that starts.
    private static let shortestPause = Duration.milliseconds(100)
    /// Short enough that it is found within a few seconds of its return.
    private static let longestPause = Duration.seconds(2)

    private let name: String
    private let state = Mutex(State())

    /// - Parameter name: What the log calls it.
    init(_ name: String = "the database") { self.name = name }

    /// Whether the caller may speak to the server: it is there, or it is the caller's turn to try.
    func mayTry() -> Bool {
        state.withLock { state in
            guard state.awaySince != nil else { return true }
            guard !state.isTrying, ContinuousClock.now >= state.nextTry else { return false }
            state.isTrying = true
            return true
        }
    }

    /// The server has answered.
    func worked() {
        let away = state.withLock { state -> Duration? in
            guard let since = state.awaySince else { return nil }
            state.awaySince = nil
            state.failure = nil
            state.isTrying = false
            state.pause = Availability.shortestPause
            return ContinuousClock.now - since
        }
        if let away { Log.notice("\(name) is back after \(Int64(away / .milliseconds(1))) ms") }
    }

    /// The server has not.
    func failed(_ error: StorageError) {
        let isNew = state.withLock { state in
            let isNew = state.awaySince == nil
            let now = ContinuousClock.now
            state.awaySince = state.awaySince ?? now
            state.failure = error
            state.isTrying = false
            state.turn += 1
            // Instances that lost it together do not come back together.
            state.nextTry = now + state.pause * Double.random(in: 0.5...1)
            state.pause = min(state.pause * 2, Availability.longestPause)
            return isNew
        }
        if isNew { Log.error("\(name) is away: \(error)") }
    }

    /// The caller's turn says nothing: its connection was one from before.
    func passed() { state.withLock { $0.isTrying = false } }

    /// Since when it has been away and why; nil where it is there.
    var absence: (since: ContinuousClock.Instant, error: StorageError)? {
        state.withLock { state in
            guard let since = state.awaySince, let failure = state.failure else { return nil }
            return (since, failure)
        }
    }

    /// Counts a connection.
    ///
    /// - Returns: Which of several hosts comes first.
    func nextTurn() -> Int {
        state.withLock { state in
            state.connects += 1
            return state.turn
        }
    }

    /// Counts connections that are open from now on, or are no more.
    func count(open change: Int) { state.withLock { $0.open += change } }

    /// How many connections are open.
    var open: Int { state.withLock { $0.open } }

    /// How many connections were tried.
    var connects: Int { state.withLock { $0.connects } }
}
