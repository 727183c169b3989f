import Glibc

/// CPU time of processes.
enum ProcessorClock {
    /// What this process has used on all its threads.
    static func seconds() -> Double { seconds(on: CLOCK_PROCESS_CPUTIME_ID) }

    /// What another process has used on all its threads; 0 where there is none.
    static func seconds(of process: pid_t) -> Double {
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(process, &clock) == 0 else { return 0 }
        return seconds(on: clock)
    }

    private static func seconds(on clock: clockid_t) -> Double {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
