import CLinux
import Glibc

/// One epoll instance and the events of its last wait.
struct Selector: ~Copyable {
    private let epoll: FileDescriptor
    private var events: [stoa_event]

    /// Opens an epoll instance.
    ///
    /// - Parameter capacity: How many ready descriptors one wait can tell of.
    init(capacity: Int) throws(SystemError) {
        let number = stoa_epoll_create()
        guard number >= 0 else { throw SystemError(errno, during: "epoll_create1") }
        epoll = FileDescriptor(owning: number)
        events = [stoa_event](repeating: stoa_event(events: 0, token: 0), count: capacity)
    }

    /// Starts to watch a descriptor.
    func add(_ descriptor: CInt, _ interest: UInt32, token: UInt64) throws(SystemError) {
        guard stoa_epoll_add(epoll.rawValue, descriptor, interest, token) == 0 else {
            throw SystemError(errno, during: "epoll_ctl")
        }
    }

    /// Changes what is watched for.
    func modify(_ descriptor: CInt, _ interest: UInt32, token: UInt64) {
        // It can only fail for a descriptor that is not registered: our own bug, and harmless to others.
        let result = stoa_epoll_modify(epoll.rawValue, descriptor, interest, token)
        assert(result == 0)
    }

    /// Stops watching.
    func remove(_ descriptor: CInt) { _ = stoa_epoll_remove(epoll.rawValue, descriptor) }

    /// Waits for readiness once.
    ///
    /// - Parameter milliseconds: `-1` waits for ever, `0` only looks.
    /// - Returns: How many descriptors are ready; `0` after a time-out or a signal.
    /// - Throws: ``SystemError`` when the kernel refuses for any other reason.
    mutating func wait(milliseconds: CInt) throws(SystemError) -> Int {
        let number = epoll.rawValue
        let ready = unsafe events.withUnsafeMutableBufferPointer { buffer in
            unsafe stoa_epoll_wait(number, buffer.baseAddress, CInt(buffer.count), milliseconds)
        }
        guard ready >= 0 else {
            if errno == EINTR { return 0 }
            throw SystemError(errno, during: "epoll_wait")
        }
        return Int(ready)
    }

    /// One of the events of the last wait.
    subscript(index: Int) -> (events: UInt32, token: UInt64) { (events[index].events, events[index].token) }
}
