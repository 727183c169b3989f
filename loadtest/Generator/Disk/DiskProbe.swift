import Foundation

/// What the disk itself takes to keep something: beside the figures of a server that waits for it.
enum DiskProbe {
    private static let writes = 200
    private static let bytes = 4096
    private static let longestSeconds = 2.0

    /// The times of an append of 4 KiB and an `fdatasync`, in milliseconds, in a file of a directory.
    ///
    /// - Throws: ``LoadError`` where the directory cannot be written to.
    static func measure(in directory: String) throws -> [Double] {
        let path = directory + "/fsync.probe"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LoadError("cannot write to \(directory)") }
        defer {
            close(descriptor)
            unsafe unlink(path)
        }
        let block = [UInt8](repeating: 0x5A, count: bytes)
        let clock = ContinuousClock()
        let start = clock.now
        var times: [Double] = []
        for _ in 0..<writes where start.duration(to: clock.now) < .seconds(longestSeconds) {
            let before = clock.now
            let written = unsafe block.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard written == bytes, fdatasync(descriptor) == 0 else {
                throw LoadError("cannot write to \(directory)")
            }
            times.append(before.duration(to: clock.now) / .milliseconds(1))
        }
        return times.sorted()
    }

    /// The figures of a run that waits for the disk.
    static func figures(in directory: String) throws -> [String: Double] {
        let times = try measure(in: directory)
        guard !times.isEmpty else { return [:] }
        return [
            "disk fsync p50, ms": times[times.count / 2],
            "disk fsync p99, ms": times[min(times.count - 1, times.count * 99 / 100)],
        ]
    }
}
