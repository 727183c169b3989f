public import Bytes
import Cryptography
import Synchronization

/// Hands out tickets: each opens one WebSocket, once, for who can set no field in a handshake.
///
/// They live in this process' memory for half a minute; what is kept of one is its hash.
public final class TicketDesk: Sendable {
    /// Why there is no ticket.
    public enum Refusal: Error, Equatable, Sendable {
        /// This person has many that were not used.
        case tooManyOfPerson
        /// All persons together have.
        case full
    }

    private struct Ticket {
        let principal: Principal
        let expiresAt: Timestamp
    }

    private struct State {
        var tickets: [[UInt8]: Ticket] = [:]
        // In the order in which they run out, since all last as long.
        var order: [(hash: [UInt8], expiresAt: Timestamp)] = []
        var first = 0
        var byUser: [String: Int] = [:]
    }

    /// How long a ticket is good, in milliseconds.
    public static let lifetime: Int64 = 30_000
    private static let userLimit = 20
    private let limit: Int
    private let state = Mutex(State())

    /// A desk with so many tickets at a time.
    public init(limit: Int = 100_000) { self.limit = limit }

    /// Gives a ticket to the person of a good token.
    ///
    /// - Throws: ``Refusal``.
    public func issue(
        _ principal: Principal, now: Timestamp = .now()
    ) throws(Refusal) -> (ticket: String, expiresAt: Timestamp) {
        let ticket = Base64.encodeURL(RandomBytes.make(32).span)
        let hash = Digest.sha256(ticket.utf8Span.span)
        let expiresAt = Timestamp(milliseconds: now.milliseconds + TicketDesk.lifetime)
        let refusal = state.withLock { state -> Refusal? in
            TicketDesk.dropExpired(&state, now)
            guard state.tickets.count < limit else { return .full }
            guard state.byUser[principal.inbox, default: 0] < TicketDesk.userLimit else {
                return .tooManyOfPerson
            }
            state.tickets[hash] = Ticket(principal: principal, expiresAt: expiresAt)
            state.order.append((hash, expiresAt))
            state.byUser[principal.inbox, default: 0] += 1
            return nil
        }
        if let refusal { throw refusal }
        return (ticket, expiresAt)
    }

    /// Takes a ticket: the second time there is none.
    ///
    /// - Returns: Whom it was given to, or nil where it is none, was taken or has run out.
    public func take(_ ticket: String, now: Timestamp = .now()) -> Principal? {
        let hash = Digest.sha256(ticket.utf8Span.span)
        return state.withLock { state in
            TicketDesk.dropExpired(&state, now)
            return TicketDesk.remove(hash, &state)?.principal
        }
    }

    private static func remove(_ hash: [UInt8], _ state: inout State) -> Ticket? {
        guard let ticket = state.tickets.removeValue(forKey: hash) else { return nil }
        let left = state.byUser[ticket.principal.inbox, default: 1] - 1
        state.byUser[ticket.principal.inbox] = left > 0 ? left : nil
        return ticket
    }

    private static func dropExpired(_ state: inout State, _ now: Timestamp) {
        while state.first < state.order.count, state.order[state.first].expiresAt <= now {
            _ = remove(state.order[state.first].hash, &state)
            state.first += 1
        }
        // By halves, so that each is moved a few times at most.
        guard state.first > 64, state.first * 2 > state.order.count else { return }
        state.order.removeFirst(state.first)
        state.first = 0
    }
}
