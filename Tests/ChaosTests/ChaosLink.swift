import Foundation
import Synchronization

/// One connection through the proxy: two threads that pass bytes on, unless they are told to wait or to cut it.
final class ChaosLink: Sendable {
    enum Direction: Int { case toServer, toClient }

    private struct State {
        var frozenUntil = [Date.distantPast, Date.distantPast]
        var isReset = false
        var pumps = 2
        var opening: [UInt8]?
    }

    private let client: Int32
    private let server: Int32
    private let state = Mutex(State())
    /// Whether who begins with these bytes may pass.
    private let admits: @Sendable ([UInt8]) -> Bool

    /// Takes both descriptors over.
    init(client: Int32, server: Int32, admits: @escaping @Sendable ([UInt8]) -> Bool) {
        (self.client, self.server, self.admits) = (client, server, admits)
        Thread.detachNewThread { [self] in pump(from: client, to: server, .toServer) }
        Thread.detachNewThread { [self] in pump(from: server, to: client, .toClient) }
    }

    var isOpen: Bool { state.withLock { $0.pumps == 2 } }

    /// What the client said first, by which it can be told who it is; nil before it has spoken.
    var opening: [UInt8]? { state.withLock { $0.opening } }

    /// Carries nothing in a direction for a while; what was read before still arrives.
    func freeze(_ direction: Direction, milliseconds: Int) {
        let end = Date().addingTimeInterval(Double(milliseconds) / 1000)
        state.withLock { $0.frozenUntil[direction.rawValue] = end }
    }

    /// Carries nothing in either direction for a while.
    func freeze(milliseconds: Int) {
        freeze(.toServer, milliseconds: milliseconds)
        freeze(.toClient, milliseconds: milliseconds)
    }

    /// Whether it was reset here.
    var isReset: Bool { state.withLock { $0.isReset } }

    /// Resets both sides.
    func cut() {
        state.withLock { state in
            guard state.pumps == 2 else { return }
            state.isReset = true
            // Wakes the threads, and tells the peers nothing yet.
            shutdown(client, Int32(SHUT_RD))
            shutdown(server, Int32(SHUT_RD))
        }
    }

    private func pump(from source: Int32, to target: Int32, _ direction: Direction) {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            while isFrozen(direction) { usleep(2000) }
            let count = recv(source, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            if direction == .toServer, opening == nil, !admitted(Array(chunk[..<min(count, 256)])) { break }
            guard pass(chunk[..<count], to: target) else { break }
        }
        end()
    }

    private func admitted(_ bytes: [UInt8]) -> Bool {
        state.withLock { $0.opening = bytes }
        if admits(bytes) { return true }
        cut()
        return false
    }

    private func isFrozen(_ direction: Direction) -> Bool {
        state.withLock { !$0.isReset && $0.frozenUntil[direction.rawValue] > Date() }
    }

    private func pass(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func end() {
        state.withLock { state in
            state.pumps -= 1
            if state.pumps == 1 {
                let how = Int32(state.isReset ? SHUT_RD : SHUT_RDWR)
                shutdown(client, how)
                shutdown(server, how)
                return
            }
            for descriptor in [client, server] {
                var now = linger(l_onoff: 1, l_linger: 0)
                if state.isReset {
                    setsockopt(
                        descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
                }
                close(descriptor)
            }
        }
    }
}
