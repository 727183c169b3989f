import CLinux
import Glibc

/// The socket calls that the reactor needs, as safe functions.
enum Socket {
    /// What a write came to.
    enum Written: Equatable {
        case bytes(Int)
        case failed(CInt)
    }

    /// What a read came to.
    enum Received: Equatable {
        case bytes(Int)
        case endOfStream
        case wouldBlock
        case failed(CInt)
    }

    /// Opens a listening socket.
    ///
    /// - Parameters:
    ///   - sharesPort: Whether several of our own sockets may listen on the port, connections spread over them.
    ///   - backlog: Connections that may wait to be accepted.
    static func listen(
        _ address: SocketAddress, sharesPort: Bool, backlog: CInt
    ) throws(SystemError) -> FileDescriptor {
        let family = address.family == .ipv4 ? AF_INET : address.family == .ipv6 ? AF_INET6 : AF_UNIX
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let number = socket(family, type, 0)
        guard number >= 0 else { throw SystemError(errno, during: "socket") }
        let descriptor = FileDescriptor(owning: number)
        if address.family != .unix {
            set(number, SOL_SOCKET, SO_REUSEADDR, 1)
            if sharesPort { set(number, SOL_SOCKET, SO_REUSEPORT, 1) }
            if address.family == .ipv6 { set(number, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        }
        let bound = unsafe address.withKernelForm { unsafe bind(number, $0, $1) }
        guard bound == 0 else { throw SystemError(errno, during: "bind") }
        guard Glibc.listen(number, backlog) == 0 else { throw SystemError(errno, during: "listen") }
        return descriptor
    }

    /// The address that a socket is bound to.
    static func localAddress(_ descriptor: CInt) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        return unsafe SocketAddress(storage: &storage)
    }

    /// Accepts one connection, non-blocking.
    ///
    /// - Throws: ``SystemError``, EAGAIN where none waits.
    static func accept(_ listener: CInt) throws(SystemError) -> (CInt, SocketAddress) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe stoa_accept(listener, $0, &length)
            }
        }
        guard number >= 0 else { throw SystemError(errno, during: "accept4") }
        let address = unsafe SocketAddress(storage: &storage)
        // Small frames must not wait for the peer's acknowledgements (Nagle); our turns batch already.
        if address.family != .unix { set(number, CInt(IPPROTO_TCP), TCP_NODELAY, 1) }
        return (number, address)
    }

    /// Begins to connect; the descriptor becomes writable when that is done or has failed.
    static func connect(
        _ address: SocketAddress, from source: SocketAddress? = nil
    ) throws(SystemError) -> FileDescriptor {
        let family = address.family == .ipv4 ? AF_INET : address.family == .ipv6 ? AF_INET6 : AF_UNIX
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let number = socket(family, type, 0)
        guard number >= 0 else { throw SystemError(errno, during: "socket") }
        let descriptor = FileDescriptor(owning: number)
        if address.family != .unix { set(number, CInt(IPPROTO_TCP), TCP_NODELAY, 1) }
        if let source {
            // The port is chosen by connect, which looks for one that is free to this peer, not to any.
            set(number, CInt(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
            let bound = unsafe source.withKernelForm { unsafe bind(number, $0, $1) }
            guard bound == 0 else { throw SystemError(errno, during: "bind") }
        }
        let result = unsafe address.withKernelForm { unsafe Glibc.connect(number, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { throw SystemError(errno, during: "connect") }
        return descriptor
    }

    /// The pending error of a socket, 0 for none; asking clears it.
    static func pendingError(_ descriptor: CInt) -> CInt {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        return code
    }

    /// Reads into memory of a loop.
    static func receive(_ descriptor: CInt, into buffer: borrowing ScratchBuffer) -> Received {
        while true {
            let count = unsafe recv(descriptor, buffer.pointer, buffer.capacity, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .endOfStream }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(errno)
            }
        }
    }

    /// Sends what the kernel takes.
    static func send(_ descriptor: CInt, _ bytes: Span<UInt8>) -> Written {
        unsafe bytes.withUnsafeBufferPointer { source in
            while true {
                let count = unsafe Glibc.send(
                    descriptor, source.baseAddress, source.count, CInt(MSG_NOSIGNAL))
                if count >= 0 { return .bytes(count) }
                if errno == EINTR { continue }
                return errno == EAGAIN ? .bytes(0) : .failed(errno)
            }
        }
    }

    /// Sends several pieces in one call, as much as the kernel takes.
    static func send(_ descriptor: CInt, gathering pieces: [iovec]) -> Written {
        var pieces = unsafe pieces
        return unsafe pieces.withUnsafeMutableBufferPointer { vector in
            var message = unsafe msghdr()
            unsafe message.msg_iov = vector.baseAddress
            unsafe message.msg_iovlen = vector.count
            while true {
                let count = unsafe sendmsg(descriptor, &message, CInt(MSG_NOSIGNAL))
                if count >= 0 { return .bytes(count) }
                if errno == EINTR { continue }
                return errno == EAGAIN ? .bytes(0) : .failed(errno)
            }
        }
    }

    /// Says that nothing more will be sent.
    static func shutdownWrites(_ descriptor: CInt) { _ = shutdown(descriptor, CInt(SHUT_WR)) }

    /// Makes closing it send a reset, as a process that is killed with unread input does.
    static func resetOnClose(_ descriptor: CInt) { _ = stoa_reset_on_close(descriptor) }

    private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
        var value = value
        // A refused option costs speed or comfort, never correctness.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }
}
