import Bytes
import ClientProtocol
import Reactor
import WebSocket

extension Session {
    func startLiveness(_ milliseconds: Int64, _ kind: Timer) {
        liveness = gateway.loop.startTimer(after: milliseconds, kind: kind.rawValue, target: self)
    }

    func timerFired(kind: UInt8) {
        switch Timer(rawValue: kind) {
        case .auth:
            liveness = .none
            close(.authTimeout, "No token came.")
        case .ping:
            if expiry == .none, let principal { startExpiry(principal) }
            hasHeard = false
            var frame = ByteBuffer(capacity: 2)
            FrameEncoder.append(.ping, payload: Span(), to: &frame)
            sendFrame(frame)
            startLiveness(gateway.context.settings.pongMilliseconds, .pong)
        case .pong:
            liveness = .none
            guard hasHeard else { return close(.noPong, "") }
            let settings = gateway.context.settings
            startLiveness(max(1000, settings.pingMilliseconds - settings.pongMilliseconds), .ping)
        case .expiring:
            expiry = .none
            guard let principal else { return }
            send(SessionReply.expiring(principal))
            startEnd(principal)
        case .expiry:
            expiry = .none
            endExpired()
        case .farewell:
            liveness = .none
            if let farewell { close(code: farewell.code, farewell.reason, byPeer: farewell.byPeer) }
        case nil: break
        }
    }
}
