import Bytes
import Identity
import Testing

@Suite("Tickets")
struct TicketDeskTests {
    static let now = TokenTests.now

    static func person(_ user: String) -> Principal { Principal(user: user, name: user, expiresAt: now) }

    static func later(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + milliseconds)
    }

    @Test("a ticket is taken once, within its time, and by itself alone")
    func once() async throws {
        let desk = TicketDesk()
        let (ticket, expiresAt) = try await desk.issue(
            TicketDeskTests.person("u_ann"), now: TicketDeskTests.now)
        #expect(ticket.utf8.count == 43)
        #expect(expiresAt == TicketDeskTests.later(30_000))
        #expect(desk.take("", now: TicketDeskTests.now).person == nil)
        #expect(desk.take(String(ticket.dropLast()), now: TicketDeskTests.now).person == nil)
        #expect(desk.take(ticket, now: TicketDeskTests.later(29_999)).person == "u_ann")
        #expect(desk.take(ticket, now: TicketDeskTests.later(29_999)).person == nil)
        let (late, _) = try await desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.now)
        #expect(desk.take(late, now: TicketDeskTests.later(30_000)).person == nil)
    }

    @Test("of many who take one ticket one gets it")
    func race() async throws {
        let desk = TicketDesk()
        let ticket = try await desk.issue(TicketDeskTests.person("u_ann")).ticket
        let winners = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { desk.take(ticket).person != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test("a person has a few unused ones, all together have a bound, and time makes room")
    func bounds() async throws {
        let desk = TicketDesk(limit: 25)
        for _ in 0..<20 {
            _ = try await desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.now)
        }
        await #expect(throws: TicketDesk.Refusal.tooManyOfPerson) {
            try await desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.now)
        }
        for _ in 0..<5 { _ = try await desk.issue(TicketDeskTests.person("u_bob"), now: TicketDeskTests.now) }
        await #expect(throws: TicketDesk.Refusal.full) {
            try await desk.issue(TicketDeskTests.person("u_bob"), now: TicketDeskTests.now)
        }
        for _ in 0..<3 {
            _ = try await desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.later(30_000))
        }
    }

    @Test("a ticket of one process opens at another, once, and at none without the ticket")
    func shared() async throws {
        let slots = MemorySlots()
        let (here, there) = (TicketDesk(slots: slots), TicketDesk(slots: slots))
        let ticket = try await here.issue(TicketDeskTests.person("u_ann"), token: "the.token").ticket
        // Nothing that Redis has tells the token.
        #expect(slots.all.count == 1 && !slots.all.contains(Array("the.token".utf8)))
        for desk in [here, there] { #expect(desk.take(ticket).isShared) }
        #expect(await there.redeem(String(ticket.dropLast())) == .none)
        let tokens = await withTaskGroup(of: TicketDesk.Redemption.self) { group in
            for index in 0..<50 { group.addTask { await (index % 2 == 0 ? here : there).redeem(ticket) } }
            return await group.reduce(into: [String]()) {
                if case .token(let token) = $1 { $0.append(token) }
            }
        }
        #expect(tokens == ["the.token"])
    }

    @Test("while the others cannot be reached a ticket is good where it was given")
    func alone() async throws {
        let slots = MemorySlots()
        slots.goAway()
        let desk = TicketDesk(slots: slots)
        let ticket = try await desk.issue(TicketDeskTests.person("u_ann"), token: "the.token").ticket
        #expect(desk.take(ticket).person == "u_ann")
        #expect(desk.take(ticket).person == nil)
        #expect(await desk.redeem(ticket) == .away)
    }
}

extension TicketDesk.Holding {
    fileprivate var isShared: Bool {
        if case .shared = self { true } else { false }
    }

    fileprivate var person: String? {
        if case .taken(let principal) = self { principal.user } else { nil }
    }
}
