import CLinux
import Glibc

/// The signals that a server acts on.
public enum Signal: CInt, CaseIterable, Sendable {
    case hangUp = 1
    case interrupt = 2
    case terminate = 15
}

/// Signals as events of a loop, so that no code of ours runs inside a signal handler.
public struct SignalSource: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// Blocks the signals for this thread and those it starts from now on; to be called before any other thread is
    /// started, since a thread that does not block them would die of them.
    public static func block() { _ = try? SignalSource() }

    /// Opens the descriptor that tells of the signals, which must be blocked already.
    ///
    /// - Throws: ``SystemError`` where the process has no descriptor left.
    public init() throws(SystemError) {
        // A peer that is gone is an error of the write to it, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        let numbers = Signal.allCases.map(\.rawValue)
        let number = unsafe stoa_signalfd(numbers, numbers.count)
        guard number >= 0 else { throw SystemError(errno, during: "signalfd") }
        descriptor = FileDescriptor(owning: number)
    }

    /// Whether somebody has asked the process to stop, before there is a loop that takes signals.
    public static var isAskedToStop: Bool {
        var pending = sigset_t()
        guard unsafe sigpending(&pending) == 0 else { return false }
        return [Signal.terminate, .interrupt].contains { unsafe sigismember(&pending, $0.rawValue) == 1 }
    }

    /// Tells `receive` of every signal, on a loop's thread.
    ///
    /// - Throws: ``SystemError`` where the kernel cannot watch one more.
    public consuming func attach(
        to loop: EventLoop, _ receive: @escaping (Signal) -> Void
    ) throws(SystemError) {
        try SignalReader(descriptor, loop, receive)
    }
}

private final class SignalReader: EventSource {
    private let descriptor: CInt
    private let receive: (Signal) -> Void

    @discardableResult
    init(
        _ descriptor: consuming FileDescriptor, _ loop: EventLoop, _ receive: @escaping (Signal) -> Void
    ) throws(SystemError) {
        self.receive = receive
        self.descriptor = descriptor.release()
        // The loop keeps its sources alive.
        _ = try loop.watch(self.descriptor, interest: UInt32(STOA_EPOLLIN), source: self)
    }

    func ready(_ events: UInt32) {
        var record = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(descriptor, &record, size) == size {
            if let signal = Signal(rawValue: CInt(record.ssi_signo)) { receive(signal) }
        }
    }
}
