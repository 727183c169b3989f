import Bytes
import HTTP
import Reactor

/// A trusted proxy's connection until its PROXY header has been read.
final class ProxyConnection: ConnectionHandler, TimerTarget {
    private let connection: Connection
    private let gateway: GatewayLoop
    private let isSecure: Bool
    private var received = ByteBuffer()
    private var timer = TimerID.none

    init(_ connection: Connection, _ gateway: GatewayLoop, isSecure: Bool) {
        self.connection = connection
        self.gateway = gateway
        self.isSecure = isSecure
        let limit = gateway.context.settings.headerMilliseconds
        timer = gateway.loop.startTimer(after: limit, kind: 0, target: self)
        gateway.keep(self)
    }

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        received.append(bytes.span)
        do throws(ProxyHeader.Malformed) {
            guard let header = try ProxyHeader.parse(received.span) else { return }
            received.consume(header.length)
            finish(ProxyConnection.address(header.source))
        } catch {
            connection.close()
        }
    }

    private static func address(_ source: ProxyHeader.Source?) -> SocketAddress? {
        switch source {
        case .text(let host, let port): SocketAddress(host: host, port: port)
        case .bytes(let bytes, let port): SocketAddress(addressBytes: bytes, port: port)
        case nil: nil
        }
    }

    private func finish(_ client: SocketAddress?) {
        gateway.loop.cancelTimer(&timer)
        gateway.drop(self)
        var rest = ByteBuffer()
        swap(&rest, &received)
        gateway.begin(connection, client: client ?? connection.peer, isSecure: isSecure)
        connection.take(first: rest)
    }

    func connectionPeerFinished() { connection.close() }

    func connectionDrained() {}

    func connectionClosed(_ reason: DisconnectReason) {
        gateway.loop.cancelTimer(&timer)
        gateway.drop(self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        connection.close()
    }
}
