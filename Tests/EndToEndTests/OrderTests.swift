import StoaTesting
import TestRandom
import Testing

@Suite("Order and exactly once")
struct OrderTests {
    private static let writers = 50
    private static let messages = 6

    @Test(
        "50 writers with random cuts: one order without hole or repeat, each message once (DESIGN 3.1, 3.4, 3.5)"
    )
    func storm() async throws {
        let server = try await ServerProcess(["loops": "2"])
        let room = try await server.room(#""max_participants":0"#)
        let members = (0..<OrderTests.writers).map {
            RoomMember(server, room: room, user: "u_\($0)")
        }
        try await each(members) { try await $1.connect() }
        try await each(members) { try await OrderTests.write($1, seed: UInt64($0)) }
        try await OrderTests.check(members, count: OrderTests.writers * OrderTests.messages)
        await server.stop()
    }

    private static func write(_ member: RoomMember, seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        for number in 0..<messages {
            let clientID = "\(member.user)-\(number)"
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                await member.cut()
                try await member.send(clientID)
            case 1, 2:
                // Lost on the way, or its acknowledgement is.
                await member.throwIn(clientID)
                await member.cut()
                try await member.send(clientID)
            case 3:
                try await member.send(clientID)
                try? await member.resend(clientID)
            default: try await member.send(clientID)
            }
        }
    }

    /// Every member has the same messages, numbered from 1, and every acknowledged one is among them once.
    static func check(_ members: [RoomMember], count: Int) async throws {
        try await each(members) { try await $1.follow(to: Int64(count)) }
        let first = await members[0].deliveries
        #expect(first.map(\.seq) == Array(1...Int64(count)))
        #expect(Set(first.map(\.id)).count == count)
        #expect(Set(first.map(\.clientID)).count == count)
        let places = Dictionary(first.map { ($0.clientID, $0.seq) }) { $1 }
        for member in members {
            #expect(await member.deliveries == first, "\(member.user)")
            for (clientID, seq) in await member.acknowledged { #expect(places[clientID] == seq) }
        }
    }
}

/// Does something with all members at the same time.
func each<T: Sendable>(_ items: [T], _ body: @escaping @Sendable (Int, T) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, item) in items.enumerated() { group.addTask { try await body(index, item) } }
        for try await _ in group {}
    }
}
