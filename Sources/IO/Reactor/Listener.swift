import CLinux
import Glibc

/// A listening socket of one event loop.
public final class Listener: EventSource, TimerTarget {
    /// Gets each new connection's socket.
    public typealias Accept = (consuming FileDescriptor, SocketAddress) -> Void

    private unowned let loop: EventLoop
    private let descriptor: CInt
    private var token = LoopToken(slot: 0, generation: 0)
    private let accept: Accept
    private var timer = TimerID.none
    private var isClosed = false
    /// How often descriptors or memory ran out while accepting.
    public private(set) var shortages = 0
    /// The pause after running out of descriptors: a listener that is always ready would spin otherwise.
    private static let shortagePause: Int64 = 100

    /// Listens with a bound socket of ``BoundSocket``.
    public init(
        _ socket: consuming FileDescriptor, on loop: EventLoop, _ accept: @escaping Accept
    ) throws(SystemError) {
        self.loop = loop
        self.accept = accept
        descriptor = socket.rawValue
        token = try loop.watch(descriptor, interest: UInt32(STOA_EPOLLIN), source: self)
        _ = socket.release()
    }

    func ready(_ events: UInt32) {
        for _ in 0..<LoopBudget.accepts {
            guard !isClosed else { return }
            do throws(SystemError) {
                let (number, peer) = try Socket.accept(descriptor)
                accept(FileDescriptor(owning: number), peer)
            } catch {
                switch error.code {
                case EAGAIN: return
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pause()
                default: continue  // this connection died while it waited: the next one
                }
            }
        }
    }

    private func pause() {
        shortages += 1
        loop.setInterest(0, of: descriptor, token: token)
        timer = loop.startTimer(after: Listener.shortagePause, kind: 0, target: self)
    }

    /// The pause after a shortage is over.
    public func timerFired(kind: UInt8) {
        timer = .none
        loop.setInterest(UInt32(STOA_EPOLLIN), of: descriptor, token: token)
    }

    /// Accepts no more.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.cancelTimer(&timer)
        loop.retire(descriptor, token: token)
    }
}

/// Sockets bound to one address, one for each event loop.
public struct BoundSocket: Sendable {
    /// Where they listen; the port is the kernel's choice where 0 was asked for.
    public let address: SocketAddress
    private let descriptors: [CInt]

    /// Binds an address for `count` loops.
    ///
    /// - Throws: ``SystemError``, EADDRINUSE also where another server of ours listens there: sharing a port is for
    ///   the loops of one process only.
    public init(_ address: SocketAddress, loops count: Int, backlog: CInt = 4096) throws(SystemError) {
        guard address.family != .unix else {
            let first = try Socket.listen(address, sharesPort: false, backlog: backlog)
            var all: [CInt] = []
            for _ in 1..<max(1, count) { all.append(try first.duplicate().release()) }
            all.append(first.release())
            descriptors = all
            self.address = address
            return
        }
        if address.port != 0 {
            // Without SO_REUSEPORT this fails where anybody listens; with it, it would quietly share.
            _ = try Socket.listen(address, sharesPort: false, backlog: 1)
        }
        let first = try Socket.listen(address, sharesPort: true, backlog: backlog)
        let actual = Socket.localAddress(first.rawValue)
        var all = [first.release()]
        for _ in 1..<max(1, count) {
            all.append(try Socket.listen(actual, sharesPort: true, backlog: backlog).release())
        }
        descriptors = all
        self.address = actual
    }

    /// The socket of one loop; each may be taken once.
    public func take(_ loop: Int) -> FileDescriptor { FileDescriptor(owning: descriptors[loop]) }
}
