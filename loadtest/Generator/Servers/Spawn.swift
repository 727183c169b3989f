import Foundation

/// Starting programs and waiting for their end.
enum Spawn {
    /// Starts a program that is found by its path or along `PATH`.
    static func start(
        _ words: [String], _ environment: [String: String], output: Int32, errors: Int32 = 2
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        if errors != 2 { unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2) }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var process: pid_t = 0
        let result = unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, &variables)
        guard result == 0 else {
            throw LoadError("cannot start \(words[0]): \(unsafe String(cString: strerror(result)))")
        }
        return process
    }

    /// What a program prints first; nothing where it cannot be started.
    static func firstLine(of words: [String]) -> String {
        let pipe = Pipe()
        let output = pipe.fileHandleForWriting
        guard
            let process = try? start(
                words, ProcessInfo.processInfo.environment, output: output.fileDescriptor)
        else { return "" }
        try? output.close()
        var lines = LineSource(pipe.fileHandleForReading.fileDescriptor)
        let line = lines.next() ?? ""
        _ = wait(process)
        return line
    }

    /// Waits for the end; the exit status, or 128 and the signal.
    static func wait(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Whether it has ended; it is buried then.
    static func hasEnded(_ process: pid_t) -> Bool {
        var status: Int32 = 0
        return unsafe waitpid(process, &status, WNOHANG) != 0
    }

    /// Waits for a program that was told to end, and kills it when it takes too long.
    static func end(_ process: pid_t, afterMilliseconds milliseconds: Int) {
        for _ in 0..<milliseconds / 10 {
            if hasEnded(process) { return }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        _ = wait(process)
    }
}

/// The lines of a descriptor as they come.
struct LineSource {
    private let descriptor: Int32
    private var bytes: [UInt8] = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The next line, or nil at the end.
    mutating func next() -> String? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: bytes[..<end], as: UTF8.self)
                bytes.removeFirst(end + 1)
                return line
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
        }
    }
}

/// A port that nobody uses just now.
enum FreePort {
    static func find() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw LoadError("no descriptor is left") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard unsafe bind(descriptor, $0, length) == 0 else { return false }
                return unsafe getsockname(descriptor, $0, &length) == 0
            }
        }
        guard result else { throw LoadError("no port is free") }
        return UInt16(bigEndian: address.sin_port)
    }
}
