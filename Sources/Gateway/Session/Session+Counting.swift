import ClientProtocol
import Identity
import Reactor

extension Session {
    /// Has it counted over all processes: if it is one too many, it ends a moment after it began.
    func countEverywhere(_ principal: Principal) {
        guard let census = gateway.context.sharedCensus else { return }
        let (object, session, mailbox) = (ObjectIdentifier(self), id, gateway.mailbox)
        census.came(principal.inbox) { mailbox.post(.tooMany(object, session: session)) }
    }

    /// Its person has too many over all processes.
    func endAsTooMany() {
        guard isOpen else { return }
        gateway.counters.refused[.person, default: 0] += 1
        close(.tooManyConnections, "You have too many connections.")
    }
}
