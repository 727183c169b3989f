import Bytes
import ClientProtocol
import Identity
import PubSub
import Reactor
import Rooms
import Telemetry
import WebSocket
import Webhooks

extension Session {
    func peerCloses(_ code: UInt16?) {
        // The peer's own code is its answer (RFC 6455 §5.5.1).
        closeWhenAnswered(code ?? 1000, "", byPeer: true)
    }

    /// Closes for what the client has sent, after the replies to what it had sent before; it may be waiting for them.
    func closeWhenAnswered(_ code: UInt16, _ reason: String, byPeer: Bool = false) {
        guard isAwaited, subscriber != nil else {
            return close(code: code, reason, byPeer: byPeer)
        }
        farewell = Farewell(code: code, reason: reason, byPeer: byPeer)
        gateway.loop.cancelTimer(&liveness)
        startLiveness(Session.farewellMilliseconds, .farewell)
    }

    /// The server goes away: closed once what has been asked is answered.
    func goAway() {
        guard state != .closing, farewell == nil else { return }
        closeWhenAnswered(ClosingReason.goingAway.rawValue, ClosingReason.goingAway.name)
    }

    /// How long replies are waited for before a close: an append takes milliseconds.
    static let farewellMilliseconds: Int64 = 2000

    var isAwaited: Bool { outstanding > 0 || rooms.isJoining || held != nil }

    func closeIfAnswered() {
        guard let farewell, !isAwaited else { return }
        close(code: farewell.code, farewell.reason, byPeer: farewell.byPeer)
    }

    /// Closes with a code of this protocol.
    func close(_ reason: ClosingReason, _ sentence: String) {
        close(code: reason.rawValue, sentence.isEmpty ? reason.name : "\(reason.name): \(sentence)")
    }

    func close(code: UInt16, _ reason: String, byPeer: Bool = false) {
        guard state != .closing else { return }
        ends(code, byPeer: byPeer)
        state = .closing
        if let subscriber { gateway.shard.flush(subscriber) }
        var frame = ByteBuffer(capacity: 128)
        if isEventStream {
            EventStreamFraming.appendEnd(code: code, reason, to: &frame)
        } else {
            FrameEncoder.appendClose(CloseCode(rawValue: code), reason: reason, to: &frame)
        }
        connection.write(frame.span)
        connection.finish()
        end()
    }

    private func ends(_ code: UInt16, byPeer: Bool) {
        gateway.counters.count(close: code, byPeer: byPeer)
        Log.debug("session ends: \(byPeer ? "by the client" : "here"), \(code)", session: id)
    }

    func connectionPeerFinished() {
        if state != .closing { ends(1006, byPeer: true) }
        state = .closing
        connection.finish()
        end()
    }

    func connectionDrained() {
        guard let subscriber, let handle else { return }
        gateway.shard.drained(subscriber)
        for channel in gateway.shard.takeStalePresence(of: subscriber) where rooms.isJoined(channel) {
            gateway.context.rooms.post(.refreshPresence(room: channel, handle), to: channel)
        }
    }

    func connectionClosed(_ reason: DisconnectReason) {
        if state != .closing { ends(1006, byPeer: true) }
        state = .closing
        end()
        count(.closing, -1)
        departure.leave(gateway.context.census)
        gateway.ended(self)
    }

    /// Leaves everything; the connection may still be saying good-bye.
    func end() {
        guard let subscriber, let handle else { return }
        self.subscriber = nil
        gateway.loop.cancelTimer(&liveness)
        gateway.loop.cancelTimer(&expiry)
        for room in rooms.all { gateway.context.rooms.post(.gone(room: room, handle), to: room) }
        if let principal {
            postTopics(.gone(handle, user: principal.inbox))
            gateway.context.census.leave(user: principal.inbox)
            gateway.context.sharedCensus?.went(principal.inbox)
            tellOwner(isBeginning: false, principal)
        }
        gateway.shard.remove(subscriber)
    }

    /// Tells the owner's service of its beginning or its end.
    func tellOwner(isBeginning: Bool, _ principal: Principal) {
        guard let events = gateway.context.rooms.events else { return }
        let kind: EventKind = isBeginning ? .connect : .disconnect
        let tenant = principal.isAtHome ? nil : principal.tenant
        let user = ServiceEvent.User(id: principal.user, name: principal.name, tenant: tenant)
        events.tell(kind, ServiceEvent(kind, user: user, session: id))
    }
}
