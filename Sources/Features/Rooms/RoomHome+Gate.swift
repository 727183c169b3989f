import Bytes
import ClientProtocol
import PubSub
import Storage

extension RoomHome {
    /// Asks the gate about a join; the room goes on meanwhile, other joins too.
    func askGate(_ ticket: UInt64, _ view: JoinView) {
        guard let join = joins[ticket] else { return }
        let context = shard.context
        guard let gate = GateService(context) else { return give(up: ticket, GateService.unavailable(nil)) }
        join.isAtGate = true
        let request = join.request
        Task {
            var refusal: ClientError?
            do throws(ClientError) {
                try await gate.admit(
                    view, request.principal, invitation: request.invitation, asset: request.asset)
            } catch {
                refusal = error
            }
            context.post(.gateAnswered(room: view.room.id, ticket: ticket, refusal), to: view.room.id)
        }
    }

    /// The gate has answered.
    func gateAnswered(_ ticket: UInt64, _ refusal: ClientError?) {
        guard let join = joins[ticket] else { return }
        join.isAtGate = false
        if let refusal { return give(up: ticket, refusal) }
        join.isCleared = true
        proceed(ticket)
    }

    /// Takes a person to whom the gate is closed out of the room, with all their connections.
    func expel(_ user: String, reason: String, _ words: String, endsMembership: Bool) {
        let frame = RoomPush.removed(room: id, reason: reason, details: words)
        takeOut(user, frame, .removed, endsMembership: endsMembership)
    }

    /// Tells a person that nobody can say whether they may stay, on all their connections: once for each grace, whichever
    /// process finds it.
    ///
    /// - Parameter since: When the grace began, by the wall clock.
    func warn(_ user: String, remaining: Int64, since: Int64) {
        guard let person = people[user], since > person.warnedAt else { return }
        person.warnedAt = Timestamp.now().milliseconds
        let frame = GateService.warning(id, remaining)
        for handle in person.connections.map(\.handle) { send(frame, to: handle) }
    }
}
