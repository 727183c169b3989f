import Bytes
import ClientProtocol
import PubSub
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
            guard !isEventStream else { return giveSign() }
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

    /// A sign of life for who reads events, and answers none; one who has taken nothing since the last one is gone.
    private func giveSign() {
        liveness = .none
        guard hasHeard || connection.backlogBytes == 0 else { return close(.noPong, "") }
        hasHeard = connection.backlogBytes == 0
        var sign = ByteBuffer(capacity: 8)
        EventStreamFraming.appendSign(to: &sign)
        if let subscriber { gateway.shard.put(sign.span, to: subscriber) }
        judgeBoards()
        startLiveness(gateway.context.settings.pingMilliseconds, .ping)
    }
}
