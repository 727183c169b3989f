import Foundation
import Glibc

/// A free port of this machine, and a thread for each connection to it.
public final class LoopbackListener: Sendable {
    /// The kernel's choice.
    public let port: UInt16
    private let descriptor: Int32

    /// Listens.
    ///
    /// - Throws: ``TestFailure`` where the kernel has no port.
    public init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = descriptor
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(listener, pointer, length) == 0, listen(listener, 64) == 0 else {
                    return Int32(-1)
                }
                return getsockname(listener, pointer, &length)
            }
        }
        guard result == 0 else { throw TestFailure("no port for a fixture") }
        port = UInt16(bigEndian: address.sin_port)
    }

    /// Gives each connection to `serve`, on a thread of its own, until ``close()``.
    ///
    /// - Parameter serve: Has the descriptor, and closes it.
    public func accept(_ serve: @escaping @Sendable (Int32) -> Void) {
        Thread.detachNewThread { [descriptor] in
            while true {
                let connection = Glibc.accept(descriptor, nil, nil)
                guard connection >= 0 else { break }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread { serve(connection) }
            }
            Glibc.close(descriptor)
        }
    }

    /// Refuses connections from now on.
    public func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
