import Foundation

/// What the kernel tells of the server's process.
struct ServerProbe: Sendable {
    let process: pid_t

    func processorSeconds() -> Double { ProcessorClock.seconds(of: process) }

    /// Memory that is the process' own: neither files nor the kernel's socket buffers.
    func memoryBytes() -> Int { kilobytes("RssAnon:") * 1024 }

    /// The most that it had at a time, files and all.
    func peakBytes() -> Int { kilobytes("VmHWM:") * 1024 }

    private func kilobytes(_ key: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else {
            return 0
        }
        for line in status.split(separator: "\n") where line.hasPrefix(key) {
            return Int(line.split(separator: "\t").last?.split(separator: " ").first ?? "") ?? 0
        }
        return 0
    }
}
