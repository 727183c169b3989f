import Bytes
import Gateway
import Glibc
import Telemetry

/// What the process tells to a scrape, under the names that all Prometheus clients use.
enum ProcessMetrics {
    private static let start = Timestamp.now()

    /// Notes when the process started.
    static func begin() { _ = start }

    /// Writes the process' figures.
    static func write(_ text: inout Exposition) {
        text.begin(Metric("stoa_build_info", .gauge, "The server's version; the number is always 1."))
        text.sample(1, ["version": ServerVersion.current])
        text.add(
            Metric("process_resident_memory_bytes", .gauge, "Memory that the process holds."),
            residentBytes())
        text.add(Metric("process_open_fds", .gauge, "Descriptors open."), openDescriptors())
        text.add(Metric("process_max_fds", .gauge, "Descriptors that may be open."), descriptorLimit())
        text.add(
            Metric("process_cpu_seconds_total", .counter, "Processor time used, in user and kernel."),
            processorSeconds())
        text.add(
            Metric("process_start_time_seconds", .gauge, "When the process started, in Unix time."),
            Double(start.milliseconds) / 1000)
    }

    private static func residentBytes() -> Int {
        let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(CInt(_SC_PAGESIZE))
    }

    private static func openDescriptors() -> Int {
        guard let folder = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(folder) }
        // Neither the folder's own two names nor the descriptor that reads it.
        var count = -3
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }

    private static func descriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
