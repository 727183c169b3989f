import Foundation

/// What the kernel tells of the server's processes.
struct ServerProbe: Sendable {
    /// One, or several that are one service.
    var processes: [pid_t]
    /// The Redis between them, or nil.
    var redis: pid_t?

    func processorSeconds() -> Double { processes.reduce(0) { $0 + ProcessorClock.seconds(of: $1) } }

    func redisSeconds() -> Double { redis.map { ProcessorClock.seconds(of: $0) } ?? 0 }

    /// Memory that is the processes' own: neither files nor the kernel's socket buffers.
    func memoryBytes() -> Int { kilobytes("RssAnon:") * 1024 }

    /// The most that they had at a time, files and all.
    func peakBytes() -> Int { kilobytes("VmHWM:") * 1024 }

    private func kilobytes(_ key: String) -> Int {
        processes.reduce(0) { $0 + ServerProbe.kilobytes(key, of: $1) }
    }

    private static func kilobytes(_ key: String, of process: pid_t) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else {
            return 0
        }
        for line in status.split(separator: "\n") where line.hasPrefix(key) {
            return Int(line.split(separator: "\t").last?.split(separator: " ").first ?? "") ?? 0
        }
        return 0
    }
}
