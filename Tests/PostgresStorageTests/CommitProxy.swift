import Foundation
import StoaTesting
import Synchronization

/// Stands between a store and its server, and cuts connections where it hurts: when COMMIT is asked for, so that it may
/// never have arrived, and when it is answered, so that it has happened and nobody was told.
final class CommitProxy: Sendable {
    /// When a connection is cut.
    enum Cut: CaseIterable { case never, before, after }

    private struct State {
        var cut: @Sendable () -> Cut = { .never }
        var cuts = 0
        var pending: [Int32: Cut] = [:]
    }

    private let state = Mutex(State())
    private let directory: String
    private let server: String
    private let listener: Int32

    init(to server: String) throws {
        self.server = server + "/.s.PGSQL.5432"
        directory = FileManager.default.temporaryDirectory.path + "/stoa-cut-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = CommitProxy.withAddress(directory + "/.s.PGSQL.5432") { bind(listener, $0, $1) }
        guard result == 0, listen(listener, 64) == 0 else { throw TestFailure("cannot listen") }
        Thread.detachNewThread { [self] in accept() }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// How the database is reached through it.
    func connection(to database: String) -> String { "host=\(directory) user=stoa dbname=\(database)" }

    /// Says which commits are cut from now on.
    func cut(_ choice: @escaping @Sendable () -> Cut) { state.withLock { $0.cut = choice } }

    /// How many connections were cut.
    var cuts: Int { state.withLock { $0.cuts } }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Foundation.close(listener)
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard CommitProxy.withAddress(server, { connect(upstream, $0, $1) }) == 0 else {
                Foundation.close(client)
                Foundation.close(upstream)
                continue
            }
            let ends = Ends(client, upstream)
            Thread.detachNewThread { [self] in forward(client, upstream, ends) { self.mayAsk(client) } }
            Thread.detachNewThread { [self] in forward(upstream, client, ends) { self.mayAnswer(client) } }
        }
    }

    private func mayAsk(_ client: Int32) -> Bool {
        state.withLock { state in
            let cut = state.cut()
            state.pending[client] = cut
            if cut == .before { state.cuts += 1 }
            return cut != .before
        }
    }

    private func mayAnswer(_ client: Int32) -> Bool {
        state.withLock { state in
            // A COMMIT that is prepared shows in its answer alone.
            guard state.pending.removeValue(forKey: client) ?? state.cut() == .after else { return true }
            state.cuts += 1
            return false
        }
    }

    /// Passes bytes on, until one side ends or what holds a COMMIT may not pass.
    private func forward(_ from: Int32, _ to: Int32, _ ends: Ends, _ mayCommit: () -> Bool) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let word = Data("COMMIT\0".utf8)
        while true {
            let count = recv(from, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            if Data(chunk[..<count]).range(of: word) != nil, !mayCommit() { break }
            var sent = 0
            while sent < count {
                let more = chunk.withUnsafeBytes { buffer in
                    send(to, buffer.baseAddress?.advanced(by: sent), count - sent, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { break }
                sent += more
            }
            if sent < count { break }
        }
        ends.end()
    }

    /// Both sockets of a connection, closed when both directions are done.
    private final class Ends: Sendable {
        private let left = Mutex(2)
        private let client: Int32
        private let upstream: Int32

        init(_ client: Int32, _ upstream: Int32) {
            self.client = client
            self.upstream = upstream
        }

        func end() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(upstream, Int32(SHUT_RDWR))
            let isLast = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast {
                Foundation.close(client)
                Foundation.close(upstream)
            }
        }
    }
}
