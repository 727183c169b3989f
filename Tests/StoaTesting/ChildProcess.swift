import CSpawn
import Foundation
import Synchronization

/// A process that a test started.
///
/// Not Foundation's: its `waitUntilExit` spins for ever now and then when another thread started the process.
public final class ChildProcess: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    /// Its number.
    public let processID: pid_t
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - output: The descriptor that becomes its standard output.
    ///   - errors: The descriptor that becomes its standard error.
    public init(
        _ program: String, _ arguments: [String], _ environment: [String: String], output: Int32,
        errors: Int32
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // What other tests have open is not its own: it would count among its descriptors, and keep their
        // connections from ending.
        stoa_spawn_close_from(&actions, 3)
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, nil, &argv, &envp)
        guard result == 0 else {
            throw TestFailure("cannot start \(program): \(String(cString: strerror(result)))")
        }
        processID = pid
        Thread.detachNewThread { [self] in reap() }
    }

    private func reap() {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        // The exit status, or the signal as the shell tells it.
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        let waiters = state.withLock { state in
            state.status = code
            defer { state.waiters = [] }
            return state.waiters
        }
        ended.signal()
        for waiter in waiters { waiter.resume(returning: code) }
    }

    var isRunning: Bool { state.withLock { $0.status == nil } }

    func signal(_ number: Int32) { if isRunning { Foundation.kill(processID, number) } }

    /// Ends it without a warning, and returns when it is gone.
    public func kill() {
        signal(SIGKILL)
        ended.wait()
        ended.signal()
    }

    /// Waits for its end.
    func exitStatus() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }
}
