import Synchronization

/// How often one network may try to sign in, or one person does: so many at once, which come back evenly over a
/// quarter of an hour.
///
/// The generic cell rate algorithm: a key's whole state is the moment at which it is as good as new, so that the wait
/// is exact and nothing has to be counted down.
public final class SignInLimiter: Sendable {
    /// The time in which the whole number comes back, in milliseconds: 15 minutes.
    public static let windowMilliseconds: Int64 = 900_000
    /// Keys that are remembered; beyond, new ones wait until others are as good as new.
    public static let keyLimit = 100_000

    fileprivate struct State {
        /// When each key is as good as new.
        var fresh: [String: Int64] = [:]
        var nextSweep: Int64 = 0
    }

    private let state = Mutex(State())
    private let count: Int64

    /// A limiter.
    ///
    /// - Parameter count: Tries in a quarter of an hour; 0 for no limit.
    public init(count: Int) { self.count = Int64(count) }

    /// Takes one try.
    ///
    /// - Parameters:
    ///   - key: Whose try.
    ///   - now: Milliseconds of one clock.
    /// - Returns: 0, or the milliseconds after which there is one again.
    public func take(_ key: String, now: Int64) -> Int64 {
        guard count > 0 else { return 0 }
        return state.withLock { state in
            let interval = SignInLimiter.windowMilliseconds / count
            if state.fresh[key] == nil, state.fresh.count >= SignInLimiter.keyLimit {
                state.sweep(now)
                if state.fresh.count >= SignInLimiter.keyLimit { return interval }
            }
            let next = max(state.fresh[key] ?? now, now) + interval
            let wait = next - now - interval * count
            if wait > 0 { return wait }
            state.fresh[key] = next
            return 0
        }
    }
}

extension SignInLimiter.State {
    /// Forgets keys that are as good as new; not more than once a second, since it looks at all of them.
    fileprivate mutating func sweep(_ now: Int64) {
        guard now >= nextSweep else { return }
        nextSweep = now + 1000
        fresh = fresh.filter { $0.value > now }
    }
}
