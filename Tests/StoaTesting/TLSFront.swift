import COpenSSL
import Foundation
import Glibc
import Synchronization

/// TLS before a server of a test that speaks none, as a proxy does it.
public final class TLSFront: Sendable {
    /// A context of OpenSSL's, which lives as long as the tests do.
    // Checked by hand: the pointer never changes, OpenSSL counts a context's users atomically, and nothing sets
    // it up any more once it is wrapped here; `SSL_new` from several threads is what contexts are for.
    private struct Context: @unchecked Sendable { let pointer: OpaquePointer }

    private let listener: LoopbackListener
    private let backend: UInt16
    private let context: Context
    private let failures = Mutex(0)

    /// Listens on a free port.
    ///
    /// - Parameters:
    ///   - backend: The port that gets what arrives.
    ///   - certificate: A PEM file.
    ///   - key: Its key.
    public init(before backend: UInt16, certificate: String, key: String) throws {
        self.backend = backend
        guard let pointer = SSL_CTX_new(TLS_server_method()),
            SSL_CTX_use_certificate_chain_file(pointer, certificate) == 1,
            SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1
        else { throw TestFailure("no certificate for a fixture") }
        context = Context(pointer: pointer)
        listener = try LoopbackListener()
        listener.accept { [self] in serve($0) }
    }

    public var port: UInt16 { listener.port }
    /// Handshakes that clients broke off.
    public var refusals: Int { failures.withLock { $0 } }

    /// Ends it.
    public func close() { listener.close() }

    private func serve(_ client: Int32) {
        defer { Glibc.close(client) }
        // OpenSSL writes without a flag that keeps the signal away.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let session = SSL_new(context.pointer) else { return }
        defer { SSL_free(session) }
        SSL_set_fd(session, client)
        guard SSL_accept(session) == 1 else {
            failures.withLock { $0 += 1 }
            return
        }
        guard let server = TLSFront.connect(to: backend) else { return }
        defer { Glibc.close(server) }
        TLSFront.carry(session, client, server)
        SSL_shutdown(session)
    }

    private static func connect(to port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return descriptor }
        Glibc.close(descriptor)
        return nil
    }

    /// Carries bytes both ways until one side ends.
    private static func carry(_ session: OpaquePointer, _ client: Int32, _ server: Int32) {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            var waits = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            if SSL_pending(session) == 0 { poll(&waits, 2, -1) }
            if SSL_pending(session) > 0 || waits[0].revents != 0 {
                let count = SSL_read(session, &chunk, Int32(chunk.count))
                guard count > 0, send(server, chunk, Int(count), Int32(MSG_NOSIGNAL)) == Int(count) else {
                    return
                }
            }
            if waits[1].revents != 0 {
                let count = recv(server, &chunk, chunk.count, 0)
                guard count > 0, SSL_write(session, chunk, Int32(count)) == Int32(count) else { return }
            }
        }
    }
}
