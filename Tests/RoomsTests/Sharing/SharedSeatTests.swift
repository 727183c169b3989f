import PubSub
import StoaTesting
import Storage
import Testing

@testable import Rooms

@Suite("Seats of a room at two processes")
struct SharedSeatTests {
    private static func rooms(_ seats: Int) async throws -> SharedRooms {
        try await SharedRooms(
            room: RoomRecord(name: "Small", creatorID: RoomRig.owner, maxParticipants: seats))
    }

    /// Joins people at one of the processes, all at once.
    ///
    /// - Returns: Who is let in, and with what codes the others are refused.
    private static func join(
        _ users: [String], at place: Int, _ shared: SharedRooms
    ) async -> (admitted: Set<String>, refusals: Set<String>) {
        let rig = shared.rigs[place]
        let handles = users.map { user in
            let handle = rig.newHandle()
            rig.join(handle, user)
            return handle
        }
        var admitted: Set<String> = []
        var refusals: Set<String> = []
        for (user, handle) in zip(users, handles) {
            #expect(await rig.log.wait { !$0.answers(to: handle).isEmpty })
            switch rig.log.letters.answers(to: handle).first {
            case .admitted: admitted.insert(user)
            case .refused(let code): refusals.insert(code)
            case nil: break
            }
        }
        return (admitted, refusals)
    }

    private static func crowd(_ prefix: String, _ count: Int) -> [String] {
        (0..<count).map { "\(prefix)\($0)" }
    }

    /// Lets people in until no seat is left.
    private static func fill(_ shared: SharedRooms, _ prefix: String) async throws -> Set<String> {
        var admitted: Set<String> = []
        var round = 0
        try await eventually("the ledger counts again", within: 30) {
            round += 1
            var refusals: Set<String> = []
            for place in 0...1 {
                let outcome = await join(crowd("\(prefix)\(round)-\(place)-", 10), at: place, shared)
                admitted.formUnion(outcome.admitted)
                refusals.formUnion(outcome.refusals)
            }
            return refusals == ["room_full"]
        }
        return admitted
    }

    @Test("while Redis is away both let in on seats that they have leased, never more than there are (G4)")
    func redisAway() async throws {
        let shared = try await Self.rooms(12)
        let ann = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 0)
        _ = try await shared.join("cat", at: 1)
        try await shared.people(["ann", "bob", "cat"], ann, at: 0)
        shared.redis.kill()
        let one = await Self.join(Self.crowd("a", 12), at: 0, shared)
        let two = await Self.join(Self.crowd("b", 12), at: 1, shared)
        for outcome in [one, two] {
            #expect(!outcome.admitted.isEmpty)
            #expect(outcome.refusals.isSubset(of: ["unavailable", "room_full"]))
        }
        #expect(one.admitted.count + two.admitted.count + 2 <= 12)
        // Who was in when it went away keeps their seat, at either.
        shared.rigs[0].post(.leave(room: shared.rigs[0].room, bob, reply: .none))
        #expect(await Self.join(["new"], at: 0, shared).admitted.isEmpty)
        _ = try await shared.join("bob", at: 1)
        try await shared.redis.start()
        let later = try await Self.fill(shared, "c")
        let all = one.admitted.union(two.admitted).union(later).union(["bob", "cat"])
        #expect(all.count == 12)
        try await shared.people(all.union(["ann"]), ann, at: 0)
    }

    @Test("a leased seat whose newcomer leaves is free for another one")
    func leasedAgain() async throws {
        let shared = try await Self.rooms(9)
        for user in ["ann", "bob"] { _ = try await shared.join(user, at: 0) }
        shared.redis.kill()
        let first = await Self.join(Self.crowd("a", 9), at: 0, shared)
        #expect(first.admitted.count == 2)
        let guest = try #require(first.admitted.first)
        shared.rigs[0].post(.evict(room: shared.rigs[0].room, user: guest, isBan: false, reason: nil))
        #expect(await Self.join(Self.crowd("b", 9), at: 0, shared).admitted.count == 1)
    }

    @Test("what one has leased ahead the other gets when nothing else is free")
    func givenBack() async throws {
        let shared = try await Self.rooms(5)
        _ = try await shared.join("ann", at: 0)
        let outcome = await Self.join(Self.crowd("b", 8), at: 1, shared)
        #expect(outcome.admitted.count == 5)
        #expect(outcome.refusals == ["room_full"])
    }

    @Test("a Redis that comes back empty gives nobody a seat that is taken elsewhere")
    func emptyRedis() async throws {
        let shared = try await Self.rooms(6)
        let ann = try await shared.join("ann", at: 0)
        let seated = Self.crowd("a", 4)
        for user in seated { _ = try await shared.join(user, at: 0) }
        _ = try await shared.join("cat", at: 1)
        try await shared.people(Set(seated + ["ann", "cat"]), ann, at: 0)
        shared.redis.kill()
        try await shared.redis.start()
        let later = try await Self.fill(shared, "c")
        #expect(later.count == 1)
        // Nobody was taken for gone meanwhile.
        for rig in shared.rigs {
            #expect(
                !rig.log.letters.contains { letter in
                    guard case .broadcast(_, let frame) = letter else { return false }
                    return frame.json?["type"]?.string == "user_left"
                })
        }
        try await shared.people(Set(seated + ["ann", "cat"]).union(later), ann, at: 0)
    }
}
