import ClientProtocol
import JSON
import StoaTesting
import Storage
import StoreTesting
import Testing

@testable import PubSub
@testable import Rooms

@Suite("A room at two processes that do not always reach each other")
struct SharedRoomFaultTests {
    @Test("members go on while Redis is away, and the others get what they missed, in order (G4)")
    func redisAway() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 1)
        try await shared.people(["ann", "bob"], ann, at: 0)
        shared.redis.kill()
        for number in 0..<50 {
            shared.say("a\(number)", by: "ann", ann, at: 0)
            shared.say("b\(number)", by: "bob", bob, at: 1)
        }
        // Without Redis the store tells, within the interval in which it is asked.
        for place in 0...1 { try await shared.told(100, at: place) }
        let cat = try await shared.join("cat", at: 1)
        #expect(shared.people(cat, at: 1) == ["ann", "bob", "cat"])
        try await shared.redis.start()
        try await shared.people(["ann", "bob", "cat"], ann, at: 0)
        shared.say("back", by: "ann", ann, at: 0)
        for place in 0...1 {
            try await shared.told(101, at: place)
            #expect(shared.told(at: place) == Array(1...101))
        }
    }

    @Test("an event that the broker lost is read from the store (DESIGN 3.3)")
    func lostEvent() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        _ = try await shared.join("bob", at: 1)
        // As if its process had died between the commit and the publication.
        _ = try await shared.store.say("unheard", in: shared.rigs[0].room)
        shared.say("heard", by: "ann", ann, at: 0)
        for place in 0...1 {
            try await shared.told(2, at: place)
            #expect(shared.told(at: place) == [1, 2])
        }
    }

    @Test("a lost last event is found by comparing")
    func lostLastEvent() async throws {
        let shared = try await SharedRooms()
        _ = try await shared.join("ann", at: 0)
        _ = try await shared.store.say("unheard", in: shared.rigs[0].room)
        try await shared.told(1, at: 0)
    }

    @Test("a last event that is lost with a connection to Redis is made good when that is back (DESIGN 3.3)")
    func lostWithConnection() async throws {
        let shared = try await SharedRooms(.one) { $0.compareMilliseconds = 3_600_000 }
        let ann = try await shared.join("ann", at: 0)
        _ = try await shared.join("bob", at: 1)
        shared.say("heard", by: "ann", ann, at: 0)
        for place in 0...1 { try await shared.told(1, at: place) }
        // Redis is told, and tells nobody: as what was on its way when a connection broke, or said to an old master.
        try await shared.redis.command("ACL", "SETUSER", "default", "-publish")
        shared.say("unheard", by: "ann", ann, at: 0)
        try await shared.told(2, at: 0)
        try await shared.redis.command("ACL", "SETUSER", "default", "+publish")
        #expect(shared.told(at: 1) == [1])
        let clients = try await shared.redis.command("CLIENT", "LIST").split(separator: "\n")
        for client in clients where client.contains("name=stoa-i_1-") {
            let id = try #require(client.split(separator: " ").first?.split(separator: "=").last)
            try await shared.redis.command("CLIENT", "KILL", "ID", String(id))
        }
        try await shared.told(2, at: 1)
    }

    @Test("events that come again or in another order are told once and in theirs")
    func repeatedAndReordered() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let channel = BrokerChannel(.messages, of: shared.rigs[0].room).name
        for number in 1...3 { shared.say("\(number)", by: "ann", ann, at: 0) }
        try await shared.told(3, at: 0)
        let room = shared.rigs[0].room
        func event(_ seq: Int) -> String { #"{"type":"new_message","room":"\#(room)","seq":\#(seq)}"# }
        for seq in [3, 5, 1, 4, 5, 4] { try await shared.redis.command("PUBLISH", channel, event(seq)) }
        try await shared.told(5, at: 0)
        #expect(shared.told(at: 0) == [1, 2, 3, 4, 5])
    }

    @Test("who is removed or banned while Redis is away is out at the other too, by what the store says")
    func removedUnheard() async throws {
        let shared = try await SharedRooms()
        _ = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 1)
        let cat = try await shared.join("cat", at: 1)
        shared.redis.kill()
        let service = shared.rigs[0].service
        let owner = RoomRig.principal("ann")
        try await service.remove(owner, shared.rigs[0].room, user: "bob")
        try await service.ban(owner, shared.rigs[0].room, user: "cat", reason: nil, until: nil)
        for (handle, cause) in [(bob, UnsubscribeCause.removed), (cat, .banned)] {
            #expect(
                await shared.rigs[1].log.wait { letters in
                    letters.contains { letter in
                        if case .unsubscribe(handle, _, _, cause) = letter { true } else { false }
                    }
                })
        }
    }

    @Test("who came and went while Redis was full is known to all once it takes what it is told again")
    func fullRedis() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 1)
        try await shared.people(["ann", "bob"], ann, at: 0)
        try await shared.redis.command("CONFIG", "SET", "maxmemory", "1")
        _ = try await shared.join("cid", at: 0)
        _ = try await shared.join("dan", at: 1)
        try await shared.redis.command("CONFIG", "SET", "maxmemory", "0")
        try await shared.people(["ann", "bob", "cid", "dan"], ann, at: 0)
        try await shared.people(["ann", "bob", "cid", "dan"], bob, at: 1)
    }

    @Test("a Redis that answers late has people wait, and nobody leaves")
    func lateRedis() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 1)
        try await shared.people(["ann", "bob"], ann, at: 0)
        for round in 1...4 {
            // Nothing is answered for so long; nothing is lost either.
            try await shared.redis.command("CLIENT", "PAUSE", "300", "ALL")
            shared.say("\(round)", by: "ann", ann, at: 0)
            _ = try await shared.join("p\(round)", at: round % 2)
            try await shared.told(Int64(round), at: 1)
        }
        let all: Set = ["ann", "bob", "p1", "p2", "p3", "p4"]
        try await shared.people(all, ann, at: 0)
        try await shared.people(all, bob, at: 1)
        for rig in shared.rigs {
            let left = rig.log.letters.contains { letter in
                guard case .broadcast(_, let frame) = letter else { return false }
                return frame.json?["type"]?.string == "user_left"
            }
            #expect(!left)
        }
    }
}
