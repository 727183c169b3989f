import CLinux
import Glibc

/// One moment of the monotonic clock, told to within microseconds.
///
/// The loop's ``EventLoop/startTimer(after:kind:target:)`` is for the many time-outs that rarely fire and has ticks of
/// 10 ms; this costs a descriptor and a system call per setting.
public final class PreciseTimer: EventSource {
    private unowned let loop: EventLoop
    private let descriptor: CInt
    private var token = LoopToken(slot: 0, generation: 0)
    private let fire: () -> Void

    /// A timer that is not set.
    ///
    /// - Parameter fire: Runs on the loop's thread.
    /// - Throws: ``SystemError`` where the process has no descriptor left.
    public init(on loop: EventLoop, _ fire: @escaping () -> Void) throws(SystemError) {
        self.loop = loop
        self.fire = fire
        let number = stoa_timerfd()
        guard number >= 0 else { throw SystemError(errno, during: "timerfd_create") }
        let owner = FileDescriptor(owning: number)
        descriptor = number
        token = try loop.watch(number, interest: UInt32(STOA_EPOLLIN), source: self)
        _ = owner.release()
    }

    /// Fires at a moment of ``MonotonicClock/nanoseconds()``; one that has passed fires in the next turn. Setting it
    /// again replaces the moment.
    public func set(at nanoseconds: Int64) { _ = stoa_timerfd_set(descriptor, max(1, nanoseconds)) }

    /// Ends it for good.
    public func close() { loop.retire(descriptor, token: token) }

    func ready(_ events: UInt32) {
        var expirations: UInt64 = 0
        // Nothing to read: it was set anew since the event was raised.
        guard unsafe read(descriptor, &expirations, 8) == 8 else { return }
        fire()
    }
}
