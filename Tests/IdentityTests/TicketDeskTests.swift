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
    func once() throws {
        let desk = TicketDesk()
        let (ticket, expiresAt) = try desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.now)
        #expect(ticket.utf8.count == 43)
        #expect(expiresAt == TicketDeskTests.later(30_000))
        #expect(desk.take("", now: TicketDeskTests.now) == nil)
        #expect(desk.take(String(ticket.dropLast()), now: TicketDeskTests.now) == nil)
        #expect(desk.take(ticket, now: TicketDeskTests.later(29_999))?.user == "u_ann")
        #expect(desk.take(ticket, now: TicketDeskTests.later(29_999)) == nil)
        let (late, _) = try desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.now)
        #expect(desk.take(late, now: TicketDeskTests.later(30_000)) == nil)
    }

    @Test("of many who take one ticket one gets it")
    func race() async throws {
        let desk = TicketDesk()
        let ticket = try desk.issue(TicketDeskTests.person("u_ann")).ticket
        let winners = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { desk.take(ticket) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test("a person has a few unused ones, all together have a bound, and time makes room")
    func bounds() throws {
        let desk = TicketDesk(limit: 25)
        for _ in 0..<20 { _ = try desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.now) }
        #expect(throws: TicketDesk.Refusal.tooManyOfPerson) {
            try desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.now)
        }
        for _ in 0..<5 { _ = try desk.issue(TicketDeskTests.person("u_bob"), now: TicketDeskTests.now) }
        #expect(throws: TicketDesk.Refusal.full) {
            try desk.issue(TicketDeskTests.person("u_bob"), now: TicketDeskTests.now)
        }
        for _ in 0..<3 {
            _ = try desk.issue(TicketDeskTests.person("u_ann"), now: TicketDeskTests.later(30_000))
        }
    }
}
