import Foundation
import Synchronization

/// A plain TCP connection for tests that speak bytes: a thread reads, `async` calls wait for what it found.
public final class RawConnection: Sendable {
    private struct State {
        var received: [UInt8] = []
        var isEnded = false
        /// Counts what came, so that nobody waits for news that is there already.
        var version = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let descriptor: Int32
    private let state = Mutex(State())
    private let gate = ReadingGate()

    /// Connects to a port of this machine.
    ///
    /// - Parameter receiveBuffer: Bytes of the kernel's receive buffer, small for readers that are to lag soon.
    public init(port: UInt16, receiveBuffer: Int32? = nil, reads: Bool = true) throws {
        // A server that a test starts meanwhile must not keep open what the test closes.
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            // deinit runs, and closes: twice would close somebody else's.
            throw TestFailure("cannot connect to port \(port): \(String(cString: strerror(errno)))")
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        if reads { startReading() }
    }

    deinit {
        gate.open()
        close(descriptor)
    }

    /// Begins to read, for a connection made with `reads: false`.
    public func startReading() {
        let descriptor = fcntl(self.descriptor, F_DUPFD_CLOEXEC, 0)
        Thread.detachNewThread { [weak self, gate] in
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                gate.pass()
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard let self else { break }
                self.took(count > 0 ? chunk[..<count] : nil)
                if count <= 0 { break }
            }
            close(descriptor)
        }
    }

    /// Reads no more, after what is being read at the moment, until ``resumeReading()``: a lagging reader.
    public func pauseReading() { gate.close() }

    /// Reads again.
    public func resumeReading() { gate.open() }

    private func took(_ bytes: ArraySlice<UInt8>?) {
        // The peer's end is answered by our own, as programs do.
        if bytes == nil { closeNow() }
        let waiters = state.withLock { state in
            if let bytes { state.received += bytes } else { state.isEnded = true }
            state.version += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Sends all bytes; false where the peer is gone.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Gives what has come to `take`, again and again as more comes, until it returns something.
    ///
    /// - Parameter take: Removes what it uses; the flag says that nothing more will come.
    public func receive<R: Sendable>(
        within seconds: Double = 30, _ take: @Sendable (inout [UInt8], Bool) -> R?
    ) async throws -> R {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            let (result, isEnded, preview, version) = state.withLock { state in
                (
                    take(&state.received, state.isEnded), state.isEnded, state.received.suffix(200),
                    state.version
                )
            }
            if let result { return result }
            guard !isEnded else {
                throw TestFailure("the connection ended: \(String(decoding: preview, as: UTF8.self))")
            }
            guard await news(since: version, before: deadline) else {
                throw TestFailure("nothing came in time: \(String(decoding: preview, as: UTF8.self))")
            }
        }
    }

    /// Everything until the peer closes.
    public func receiveAll(within seconds: Double = 30) async throws -> String {
        try await receive(within: seconds) { bytes, isEnded in
            isEnded ? String(decoding: bytes, as: UTF8.self) : nil
        }
    }

    private func news(since version: Int, before deadline: Date) async -> Bool {
        let left = deadline.timeIntervalSinceNow
        guard left > 0 else { return false }
        let timer = Task {
            try await Task.sleep(for: .seconds(left))
            self.wake()
        }
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                if state.isEnded || state.version != version { return true }
                state.waiters.append(continuation)
                return false
            }
            if isNow { continuation.resume() }
        }
        timer.cancel()
        return true
    }

    private func wake() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Gone by a reset, as when a cable is pulled and the peer's next packet finds nobody.
    public func cut() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RD))
        closeNow()
    }

    /// Says that nothing more will be sent.
    public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func closeNow() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// Holds a reading thread back.
// Checked by hand: `isClosed` is touched between lock and unlock of `condition` only, and that is safe from any thread. A
// Mutex cannot wait for a condition.
private final class ReadingGate: @unchecked Sendable {
    private let condition = NSCondition()
    private var isClosed = false

    func close() {
        condition.lock()
        isClosed = true
        condition.unlock()
    }

    func open() {
        condition.lock()
        isClosed = false
        condition.broadcast()
        condition.unlock()
    }

    func pass() {
        condition.lock()
        while isClosed { condition.wait() }
        condition.unlock()
    }
}
