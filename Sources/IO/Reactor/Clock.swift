import Glibc

/// The monotonic clock, which no correction of the wall clock moves.
public enum MonotonicClock {
    /// Milliseconds since an arbitrary start.
    public static func milliseconds() -> Int64 { nanoseconds() / 1_000_000 }

    /// Nanoseconds since the same start.
    public static func nanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
