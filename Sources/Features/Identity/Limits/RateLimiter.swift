public import PubSub
import Synchronization

/// Counts requests against quotas by the generic cell rate algorithm (ITU-T I.371): for networks, people, addresses.
///
/// A key's whole state is the moment at which it is as good as new. So the wait is exact, nothing has to be counted
/// down, and whoever keeps to the rate is never refused. All arithmetic is in whole numbers: moments are counted in
/// parts of a millisecond, as many as the quota counts requests.
public final class RateLimiter: Sendable {
    fileprivate struct Level {
        /// When the key is as good as new, in milliseconds times the count.
        let fresh: Int64
        let count: Int64
    }

    fileprivate struct State {
        var levels: [String: Level] = [:]
        var nextSweep: Int64 = 0
    }

    private let keyLimit: Int
    private let state = Mutex(State())

    /// A limiter.
    ///
    /// - Parameter keyLimit: Keys that are remembered; beyond, new ones wait until others are as good as new.
    public init(keyLimit: Int = 100_000) { self.keyLimit = keyLimit }

    /// Takes of a key's quota.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - quota: May change between two calls: what is used stays used, in time.
    ///   - cost: How much; what is more than the whole quota takes the whole.
    ///   - now: Milliseconds of one clock.
    public func take(_ key: String, _ quota: RateQuota, cost: Int = 1, now: Int64) -> RateVerdict {
        guard quota.count > 0 else { return RateVerdict(wait: 0, remaining: .max, reset: 0) }
        return state.withLock { state in
            if state.levels[key] == nil, state.levels.count >= keyLimit {
                state.sweep(now)
                if state.levels.count >= keyLimit {
                    return RateVerdict(
                        wait: RateLimiter.interval(quota), remaining: 0, reset: quota.milliseconds)
                }
            }
            let used = RateLimiter.used(state.levels[key], quota, now)
            let room = quota.milliseconds * quota.count
            // One request uses as many parts as the quota has milliseconds.
            let next = used + quota.milliseconds * min(max(0, Int64(cost)), quota.count)
            guard next <= room else {
                return RateVerdict(
                    wait: RateLimiter.roundedUp(next - room, quota.count), remaining: 0,
                    reset: RateLimiter.roundedUp(used, quota.count))
            }
            state.levels[key] = Level(fresh: now * quota.count + next, count: quota.count)
            return RateVerdict(
                wait: 0, remaining: (room - next) / quota.milliseconds,
                reset: RateLimiter.roundedUp(next, quota.count))
        }
    }

    /// Gives a key its whole quota back.
    ///
    /// - Returns: Whether any of it was used.
    @discardableResult
    public func forget(_ key: String) -> Bool { state.withLock { $0.levels.removeValue(forKey: key) != nil } }

    /// Says how much of a key's quota is used, in time, whatever was taken of it before.
    func setUsed(_ key: String, _ quota: RateQuota, milliseconds: Int64, now: Int64) {
        state.withLock { state in
            guard state.levels[key] != nil else { return }
            let fresh = now + min(milliseconds, quota.milliseconds)
            state.levels[key] = Level(fresh: fresh * quota.count, count: quota.count)
        }
    }

    /// Says how much of a key's quota is used at least, in time.
    func raiseUsed(_ key: String, _ quota: RateQuota, milliseconds: Int64, now: Int64) {
        state.withLock { state in
            guard let level = state.levels[key], level.count == quota.count else { return }
            let fresh = (now + min(milliseconds, quota.milliseconds)) * quota.count
            if fresh > level.fresh { state.levels[key] = Level(fresh: fresh, count: quota.count) }
        }
    }

    /// What is used of a quota at a moment, in parts.
    private static func used(_ level: Level?, _ quota: RateQuota, _ now: Int64) -> Int64 {
        guard let level else { return 0 }
        let left = max(0, level.fresh - now * level.count)
        guard level.count != quota.count else { return left }
        return min(roundedUp(left, level.count), quota.milliseconds) * quota.count
    }

    private static func interval(_ quota: RateQuota) -> Int64 { roundedUp(quota.milliseconds, quota.count) }

    private static func roundedUp(_ parts: Int64, _ count: Int64) -> Int64 { (parts + count - 1) / count }
}

extension RateLimiter.State {
    /// Forgets keys that are as good as new; not more than once a second, since it looks at all of them.
    fileprivate mutating func sweep(_ now: Int64) {
        guard now >= nextSweep else { return }
        nextSweep = now + 1000
        levels = levels.filter { $0.value.fresh > now * $0.value.count }
    }
}
