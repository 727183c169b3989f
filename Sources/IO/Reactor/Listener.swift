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

    /// Leaves connections that begin from now on to another process that listens on the same port, where one does.
    ///
    /// What has begun comes here still. Call ``finish()`` a moment later: between the first packet of a connection and
    /// its last there is a network, and a listener that closes in between resets it.
    ///
    /// - Parameter own: How many sockets of this process listen on the port; the other's are the next ones.
    public func yield(past own: Int) { _ = stoa_steer(descriptor, UInt32(own)) }

    /// Takes back what a process that is gone has asked for by ``yield(past:)``: connections are spread again.
    public func spread() { _ = stoa_unsteer(descriptor) }

    /// Hears of no connection that begins from now on; what has begun comes here still.
    ///
    /// To be called a moment before ``finish()``: between the last look and the close a thread may be held up, and whoever
    /// was let in meanwhile would be reset after having asked something. Clients whose first packet is not heard send it
    /// again a second later, and are refused, or taken by whoever listens by then. Without effect on Unix sockets.
    public func turnAway() { _ = stoa_ignore_beginnings(descriptor) }

    /// Accepts what waits, and then no more: closed with connections waiting, the kernel would reset them.
    public func finish() {
        for _ in 0..<Listener.waitingLimit {
            guard !isClosed else { return }
            do throws(SystemError) {
                let (number, peer) = try Socket.accept(descriptor)
                accept(FileDescriptor(owning: number), peer)
            } catch {
                guard [EAGAIN, EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.code) else { continue }
                break
            }
        }
        close()
    }

    /// More than can wait (``BoundSocket``'s backlog); an end where they come as fast as they are accepted.
    private static let waitingLimit = 10_000

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
    /// How many sockets share the port.
    public var count: Int { descriptors.count }

    /// Binds an address for `count` loops.
    ///
    /// A path is taken over from whoever listens there, in one step: nobody finds it missing.
    ///
    /// - Parameter sharesPort: Whether another process of ours may listen there as well, which is about to stop.
    /// - Throws: ``SystemError``, EADDRINUSE also where another server of ours listens there and the port is not to be
    ///   shared.
    public init(
        _ address: SocketAddress, loops count: Int, sharesPort: Bool = false, backlog: CInt = 4096
    ) throws(SystemError) {
        guard address.family != .unix else {
            let first = try BoundSocket.listen(atPathOf: address, backlog)
            var all: [CInt] = []
            for _ in 1..<max(1, count) { all.append(try first.duplicate().release()) }
            all.append(first.release())
            descriptors = all
            self.address = address
            return
        }
        if address.port != 0, !sharesPort {
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

    private static func listen(
        atPathOf address: SocketAddress, _ backlog: CInt
    ) throws(SystemError) -> FileDescriptor {
        let (path, new) = (address.host, address.host + ".new")
        guard let aside = SocketAddress(path: new) else {
            _ = unsafe unlink(path)
            return try Socket.listen(address, sharesPort: false, backlog: backlog)
        }
        _ = unsafe unlink(new)
        let socket = try Socket.listen(aside, sharesPort: false, backlog: backlog)
        guard unsafe rename(new, path) == 0 else { throw SystemError(errno, during: "rename") }
        return socket
    }

    /// The socket of one loop; each may be taken once.
    public func take(_ loop: Int) -> FileDescriptor { FileDescriptor(owning: descriptors[loop]) }
}
