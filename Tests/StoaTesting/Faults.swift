import Foundation

/// System calls of a server that fail, or do less than they were asked: what the kernel may do, when a test wants it.
///
/// A library is preloaded into the real server (`Tests/Faults/faults.c`), so the program under test is the one that
/// people run, with no seam for tests in it. Rules are in memory that both share.
public final class Faults: Sendable {
    /// Which calls a rule is for, in the library's order.
    public enum Call: Int, Sendable, CaseIterable {
        /// `recv`
        case receive
        /// `send` and `sendmsg`
        case send
        /// `accept4`
        case accept
        /// `epoll_wait`
        case wait
        /// `write` and `pwrite` to files, not to sockets
        case writeFile
        /// `fsync` and `fdatasync`
        case syncFile
        /// `clock_gettime` of the wall clock
        case clock
    }

    // As the library's struct rule.
    private struct Rule {
        var every: Int32 = 0
        var error: Int32 = 0
        var limit: Int64 = 0
        var left: Int64 = 0
        var calls: Int64 = 0
        var hits: Int64 = 0
    }

    private let folder: URL
    // The server's threads write the counters meanwhile; a test reads one aligned word at a time.
    private nonisolated(unsafe) let rules: UnsafeMutablePointer<Rule>
    private let size = MemoryLayout<Rule>.stride * Call.allCases.count

    /// Variables for a server that is to have these faults.
    public var environment: [String: String] {
        [
            "LD_PRELOAD": folder.appending(path: "faults.so").path,
            "FAULTS_FILE": folder.appending(path: "rules").path,
        ]
    }

    /// Builds the library; no call fails before ``set(_:every:error:limit:times:)``.
    public init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "faults-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../Faults/faults.c").standardizedFileURL.path
        let library = folder.appending(path: "faults.so").path
        let built = try await Tool.shell(
            "$(command -v clang || command -v cc) -O1 -shared -fPIC -Wall -Werror -o \(library) \(source) -ldl"
        )
        let file = open(folder.appending(path: "rules").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        ftruncate(file, off_t(size))
        // A server may run as somebody else.
        fchmod(file, 0o666)
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let memory, memory != MAP_FAILED else { throw TestFailure("no memory for rules") }
        rules = memory.bindMemory(to: Rule.self, capacity: Call.allCases.count)
        guard built.status == 0 else { throw TestFailure("cannot build the faults: \(built.text)") }
    }

    deinit {
        munmap(rules, size)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Spoils each `every`th call: with an error, or by doing at most `limit` bytes of it.
    ///
    /// - Parameter times: How often at most.
    public func set(
        _ call: Call, every: Int32 = 1, error: Int32 = 0, limit: Int64 = 0, times: Int64 = .max
    ) {
        let rule = rules + call.rawValue
        rule.pointee.every = 0
        rule.pointee.error = error
        rule.pointee.limit = limit
        rule.pointee.left = times
        rule.pointee.every = every
    }

    /// Lets these calls be.
    public func clear(_ call: Call) { rules[call.rawValue].every = 0 }

    /// How many calls were spoilt so far.
    public func hits(_ call: Call) -> Int64 { rules[call.rawValue].hits }
}
