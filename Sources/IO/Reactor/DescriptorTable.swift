import Glibc

/// The process' table of descriptors.
public enum DescriptorTable {
    /// Raises the soft limit to the hard one, and makes room for `count` descriptors now.
    ///
    /// The kernel grows the table by doubling, and in a process of several threads whoever opens the descriptor that
    /// does not fit waits until no other thread can be reading the old one: 10 to 20 ms in which its loop stands still,
    /// at 64, 128, 256 … connections, right in a crowd. (`expand_fdtable` in Linux' `fs/file.c`.)
    ///
    /// - Returns: How many descriptors the process may have.
    @discardableResult
    public static func prepare(for count: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        let allowed = Int(clamping: limit.rlim_cur)
        // The lowest free number at or above the wished one: to have it, the table has to reach so far.
        let last = dup(STDERR_FILENO, atLeast: min(count, allowed) - 1)
        if last >= 0 { _ = close(last) }
        return allowed
    }

    private static func dup(_ descriptor: CInt, atLeast number: Int) -> CInt {
        fcntl(descriptor, F_DUPFD_CLOEXEC, CInt(clamping: number))
    }
}
