import Foundation
import StoaTesting
import Synchronization
import TestRandom

/// What stands between clients and the server: a port whose connections can be cut, stalled and slowed.
final class ChaosProxy: Sendable {
    /// Where it leads: a port that the server may change, or a Unix socket.
    enum Target: Sendable {
        case port(@Sendable () -> UInt16)
        case path(String)
    }

    /// What its connections are like.
    enum Line: Sendable {
        /// There is room for little, so that who does not read is noticed soon.
        case client
        /// Between servers: what is sent leaves at once.
        case server
    }

    let port: UInt16
    private let listener: Int32
    private let target: Target
    private let line: Line
    private let links = Mutex<[ChaosLink]>([])
    private let barred = Mutex<(@Sendable ([UInt8]) -> Bool)?>(nil)

    init(to target: Target, _ line: Line = .client) throws {
        self.target = target
        self.line = line
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, length) = (listener, size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isListening else { throw TestFailure("the proxy cannot listen") }
        Thread.detachNewThread { [weak self] in
            while true {
                var event = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                poll(&event, 1, -1)
                let client = ServerProcess.whileNoneStarts {
                    let client = accept(listener, nil, nil)
                    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                    return client
                }
                guard client >= 0, let self else { break }
                self.connect(client)
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// A part of the connections that are open.
    func some(_ share: Double, _ random: inout SeededRandom) -> [ChaosLink] {
        links.withLock { links in
            links.removeAll { !$0.isOpen }
            return links.filter { _ in Double.random(in: 0..<1, using: &random) < share }
        }
    }

    /// Lets nobody pass, now or later, whose first bytes are so; nil for nobody.
    func bar(_ isBarred: (@Sendable ([UInt8]) -> Bool)?) {
        barred.withLock { $0 = isBarred }
        guard let isBarred else { return }
        for link in links.withLock({ $0 }) {
            if let opening = link.opening, isBarred(opening) { link.cut() }
        }
    }

    private func connect(_ client: Int32) {
        guard let server = open() else {
            close(client)
            return
        }
        if line == .server {
            var one: Int32 = 1
            for descriptor in [client, server] {
                setsockopt(
                    descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            }
        }
        let link = ChaosLink(client: client, server: server) { [weak self] opening in
            guard let isBarred = self?.barred.withLock({ $0 }) else { return true }
            return !isBarred(opening)
        }
        links.withLock { $0.append(link) }
    }

    private func open() -> Int32? {
        switch target {
        case .port(let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port().bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return open(AF_INET, &address)
        case .path(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return open(AF_UNIX, &address)
        }
    }

    private func open<Address>(_ family: Int32, _ address: inout Address) -> Int32? {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if line == .client {
            var bytes: Int32 = 4096
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        let length = socklen_t(MemoryLayout<Address>.size)
        let isOpen = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, length) == 0
            }
        }
        if isOpen { return descriptor }
        close(descriptor)
        return nil
    }
}
