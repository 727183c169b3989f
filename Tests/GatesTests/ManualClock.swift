import Synchronization

/// A clock that a test moves.
final class ManualClock: Sendable {
    private let time = Mutex<Int64>(1000)

    var milliseconds: Int64 { time.withLock { $0 } }

    func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}
