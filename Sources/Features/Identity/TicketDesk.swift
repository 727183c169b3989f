public import Bytes
import Cryptography
public import PubSub
import Synchronization

/// Hands out tickets: each opens one WebSocket, once, for who can set no field in a handshake.
///
/// They live for half a minute; what is kept of one is its hash. Where several processes serve together, any of them takes
/// a ticket of any other: they share the token that it was given for, sealed so that only the ticket opens it.
public final class TicketDesk: Sendable {
    /// Why there is no ticket.
    public enum Refusal: Error, Equatable, Sendable {
        /// This person has many that were not used.
        case tooManyOfPerson
        /// All persons together have.
        case full
    }

    /// What a ticket is here.
    public enum Holding: Sendable {
        /// It was this person's, and is taken.
        case taken(Principal)
        /// ``redeem(_:)`` says, since other processes may know it.
        case shared
        /// It is none, was taken or has run out.
        case none
    }

    /// What the processes of a service say to a ticket.
    public enum Redemption: Sendable, Equatable {
        /// It was given for this token, and is taken.
        case token(String)
        /// It is none, was taken or has run out.
        case none
        /// Nobody can say at present: the other processes cannot be reached.
        case away
    }

    private struct Ticket {
        let principal: Principal
        /// Whether every process can take it.
        var isShared: Bool
        let expiresAt: Timestamp
    }

    private struct State {
        var tickets: [[UInt8]: Ticket] = [:]
        // In the order in which they run out, since all last as long.
        var order = FIFOQueue<(hash: [UInt8], expiresAt: Timestamp)>()
        var byUser: [String: Int] = [:]
    }

    /// How long a ticket is good, in milliseconds.
    public static let lifetime: Int64 = 30_000
    private static let userLimit = 20
    private let limit: Int
    private let slots: (any SharedSlots)?
    private let state = Mutex(State())

    /// A desk with so many tickets at a time.
    ///
    /// - Parameter slots: What the processes have in common; nil where this one serves alone.
    public init(limit: Int = 100_000, slots: (any SharedSlots)? = nil) {
        self.limit = limit
        self.slots = slots
    }

    /// Gives a ticket to the person of a good token; one for this process alone where the others cannot be reached.
    ///
    /// - Parameter token: The token; nil where the person has none that another process would take.
    /// - Throws: ``Refusal``.
    public func issue(
        _ principal: Principal, token: String? = nil, now: Timestamp = .now()
    ) async throws(Refusal) -> (ticket: String, expiresAt: Timestamp) {
        let (ticket, expiresAt) = try issueHere(principal, now)
        guard let slots, let token else { return (ticket, expiresAt) }
        let hash = Digest.sha256(ticket.utf8Span.span)
        // Before anybody has it: from here on it is taken where all can see that.
        let isShared = await slots.put(
            TicketDesk.name(hash), TicketSeal.apply(Array(token.utf8), ticket: ticket),
            milliseconds: TicketDesk.lifetime)
        state.withLock { $0.tickets[hash]?.isShared = isShared }
        return (ticket, expiresAt)
    }

    private func issueHere(
        _ principal: Principal, _ now: Timestamp
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
            state.tickets[hash] = Ticket(
                principal: principal, isShared: false, expiresAt: expiresAt)
            state.order.append((hash, expiresAt))
            state.byUser[principal.inbox, default: 0] += 1
            return nil
        }
        if let refusal { throw refusal }
        return (ticket, expiresAt)
    }

    private static func name(_ hash: [UInt8]) -> String { "ticket:" + Base64.encodeURL(hash.span) }

    /// Takes a ticket that only this process knows: the second time there is none.
    public func take(_ ticket: String, now: Timestamp = .now()) -> Holding {
        let hash = Digest.sha256(ticket.utf8Span.span)
        let taken = state.withLock { state -> Principal? in
            TicketDesk.dropExpired(&state, now)
            guard state.tickets[hash]?.isShared == false else { return nil }
            return TicketDesk.remove(hash, &state)?.principal
        }
        if let taken { return .taken(taken) }
        return slots == nil ? .none : .shared
    }

    /// Takes a ticket that all processes share: of all who try, one gets it.
    ///
    /// - Returns: The token that it was given for, where it is still good.
    public func redeem(_ ticket: String) async -> Redemption {
        let hash = Digest.sha256(ticket.utf8Span.span)
        let name = TicketDesk.name(hash)
        guard let slots else { return .none }
        let sealed: [UInt8]
        switch await slots.value(name) {
        case .found(let value): sealed = value
        case .nothing: return .none
        case .away: return .away
        }
        guard await slots.take(name) else { return .none }
        state.withLock { _ = TicketDesk.remove(hash, &$0) }
        let token = TicketSeal.apply(sealed, ticket: ticket)
        return String(utf8: token.span).map { .token($0) } ?? .none
    }

    private static func remove(_ hash: [UInt8], _ state: inout State) -> Ticket? {
        guard let ticket = state.tickets.removeValue(forKey: hash) else { return nil }
        let left = state.byUser[ticket.principal.inbox, default: 1] - 1
        state.byUser[ticket.principal.inbox] = left > 0 ? left : nil
        return ticket
    }

    private static func dropExpired(_ state: inout State, _ now: Timestamp) {
        while let oldest = state.order.first, oldest.expiresAt <= now {
            _ = remove(oldest.hash, &state)
            state.order.removeFirst()
        }
    }
}
