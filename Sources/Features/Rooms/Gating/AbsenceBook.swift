import Reactor
import Synchronization

/// What a chain has said is not there, remembered for a minute, so that nobody has it asked again and again.
final class AbsenceBook<Key: Hashable & Sendable>: Sendable {
    private let lifetime: Int64
    private let capacity: Int
    private let now: @Sendable () -> Int64
    private let absent = Mutex<[Key: Int64]>([:])

    /// - Parameter now: Milliseconds of a monotonic clock.
    init(
        milliseconds: Int64 = 60_000, capacity: Int = 10_000,
        now: @escaping @Sendable () -> Int64 = MonotonicClock.milliseconds
    ) {
        lifetime = milliseconds
        self.capacity = capacity
        self.now = now
    }

    func isAbsent(_ key: Key) -> Bool {
        let now = now()
        return absent.withLock { $0[key].map { now - $0 < lifetime } ?? false }
    }

    func note(_ key: Key) {
        let now = now()
        absent.withLock { absent in
            if absent.count >= capacity { absent = absent.filter { now - $0.value < lifetime } }
            // All still young: they are asked about again when they are wanted.
            if absent.count >= capacity { absent = [:] }
            absent[key] = now
        }
    }
}
