import ClientProtocol
import JSON
import StoaTesting
import Storage
import StoreTesting
import Testing

@testable import PubSub
@testable import Rooms

@Suite("A room at two processes")
struct SharedRoomTests {
    @Test("what is said at either is told at both, once and in one order (DESIGN 3.1)")
    func oneOrder() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 1)
        for number in 0..<100 {
            shared.say("a\(number)", by: "ann", ann, at: 0)
            shared.say("b\(number)", by: "bob", bob, at: 1)
        }
        for place in 0...1 {
            try await shared.told(200, at: place)
            #expect(shared.told(at: place) == Array(1...200))
        }
        let texts = shared.rigs.map { rig in
            rig.log.letters.compactMap { letter -> String? in
                guard case .broadcast(_, let frame) = letter else { return nil }
                return frame.json?["message"]?["content"]?.string
            }
        }
        #expect(texts[0] == texts[1])
    }

    @Test("who comes or goes at one is told at the other once, and counted over both (DESIGN 3.6)")
    func onePresence() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 1)
        try await shared.people(["ann", "bob"], ann, at: 0)
        #expect(shared.people(bob, at: 1) == ["ann", "bob"])
        let second = try await shared.join("bob", at: 0)
        let cat = try await shared.join("cat", at: 1)
        try await shared.people(["ann", "bob", "cat"], ann, at: 0)
        shared.rigs[1].post(.leave(room: shared.rigs[1].room, bob, reply: .none))
        shared.rigs[1].post(.leave(room: shared.rigs[1].room, cat, reply: .none))
        try await shared.people(["ann", "bob"], ann, at: 0)
        shared.rigs[0].post(.gone(room: shared.rigs[0].room, second))
        try await shared.people(["ann"], ann, at: 0)
        let view = PresenceView(ann, isExact: true, shared.rigs[0].log.letters)
        #expect(view.problems == [])
    }

    @Test("seats are counted over both, exactly, whoever races")
    func exactSeats() async throws {
        let room = RoomRecord(name: "Small", creatorID: RoomRig.owner, maxParticipants: 5)
        let shared = try await SharedRooms(room: room)
        let ann = try await shared.join("ann", at: 0)
        _ = try await shared.join("ann", at: 1)
        let handles = (0..<40).map { (shared.rigs[$0 % 2], shared.rigs[$0 % 2].newHandle(), "u\($0)") }
        for (rig, handle, user) in handles { rig.join(handle, user) }
        var admitted = 0
        for (rig, handle, _) in handles {
            #expect(await rig.log.wait { !$0.answers(to: handle).isEmpty })
            let answer = rig.log.letters.answers(to: handle).first
            if answer == .admitted { admitted += 1 } else { #expect(answer == .refused("room_full")) }
        }
        #expect(admitted == 5)
        #expect(await shared.rigs[0].log.wait { PresenceView(ann, isExact: true, $0).people.count == 6 })
    }

    @Test("shared documents are told on a channel of their own too (A13)")
    func documents() async throws {
        // One that has a port.
        let shared = try await SharedRooms(.sentinel)
        let ann = try await shared.join("ann", at: 0)
        let channel = BrokerChannel(.documents, of: shared.rigs[0].room).name
        let listener = try RawConnection(port: shared.redis.port)
        listener.send("SUBSCRIBE \(channel)\r\n")
        func hear(_ words: String) async throws {
            try await listener.receive { bytes, _ in
                String(decoding: bytes, as: UTF8.self).contains(words) ? bytes.removeAll() : nil
            }
        }
        try await hear(":1\r\n")
        shared.say("Look at this", by: "ann", ann, at: 0)
        var draft = MessageDraft()
        draft.kind = .documentShare
        draft.documentID = "d-7"
        shared.post(draft, by: "ann", ann, at: 0)
        try await hear(#""seq":2"#)
        // Once for members, who have it from the channel of all events.
        shared.say("And then?", by: "ann", ann, at: 0)
        try await shared.told(3, at: 0)
        let told = shared.rigs[0].log.letters.count { letter in
            guard case .broadcast(_, let frame) = letter else { return false }
            return frame.json?["type"]?.string == "document_shared"
        }
        #expect(told == 1)
    }

    @Test(
        "what another service says there is passed on without a seq, and nonsense is not (A13)",
        arguments: [BrokerChannel.Kind.messages, .documents])
    func otherServices(_ kind: BrokerChannel.Kind) async throws {
        let shared = try await SharedRooms()
        _ = try await shared.join("ann", at: 0)
        let channel = BrokerChannel(kind, of: shared.rigs[0].room).name
        for text in ["nonsense", "[1]", #"{"open":"#, #"{"quiz":"What is 6 × 7?"}"#] {
            try await shared.redis.command("PUBLISH", channel, text)
        }
        #expect(
            await shared.rigs[0].log.wait { letters in
                letters.contains { letter in
                    guard case .broadcast(_, let frame) = letter, let json = frame.json else { return false }
                    return json["type"]?.string == "publication" && json["channel"]?.string == channel
                        && json["data"]?["quiz"]?.string == "What is 6 × 7?" && json["seq"] == nil
                }
            })
        let others = shared.rigs[0].log.letters.count { letter in
            if case .broadcast(_, let frame) = letter {
                frame.json?["type"]?.string == "publication"
            } else {
                false
            }
        }
        #expect(others == 1)
    }

    @Test("a ban, a role and new settings count at both at once")
    func control() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let bob = try await shared.join("bob", at: 1)
        let cat = try await shared.join("cat", at: 1)
        let service = shared.rigs[0].service
        let owner = RoomRig.principal("ann")
        let room = shared.rigs[0].room
        try await service.setRole(owner, room, user: "cat", .moderator)
        try await service.ban(owner, room, user: "bob", reason: "spam", until: nil)
        var changes = RoomForming()
        changes.name = "Geometry"
        _ = try await service.update(owner, room, changes)
        #expect(
            await shared.rigs[1].log.wait { letters in
                letters.contains { letter in
                    guard case .unsubscribe(bob, _, let last, .banned) = letter else { return false }
                    return last?.json?["reason"]?.string == "banned"
                }
            })
        for type in ["role_updated", "room_updated"] {
            #expect(
                await shared.rigs[1].log.wait { letters in
                    letters.contains { letter in
                        guard case .broadcast(_, let frame) = letter else { return false }
                        return frame.json?["type"]?.string == type
                    }
                })
        }
        try await shared.people(["ann", "cat"], cat, at: 1)
        try await shared.people(["ann", "cat"], ann, at: 0)
    }

    @Test("a role, a name and a mention of somebody at the other process reach this one")
    func peopleElsewhere() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        let cat = try await shared.join("cat", at: 1)
        try await shared.people(["ann", "cat"], ann, at: 0)
        let room = shared.rigs[0].room
        try await shared.rigs[0].service.setRole(RoomRig.principal("ann"), room, user: "cat", .moderator)
        shared.rigs[0].post(.renamed(room: room, Author(id: "cat", name: "Catherine")))
        shared.say("Hello @Catherine", by: "ann", ann, at: 0)
        for place in 0...1 {
            for type in ["role_updated", "user_updated"] {
                #expect(
                    await shared.rigs[place].log.wait { letters in
                        letters.contains { letter in
                            guard case .broadcast(_, let frame) = letter else { return false }
                            return frame.json?["type"]?.string == type
                                && frame.json?["user"]?["id"]?.string == "cat"
                        }
                    })
            }
            try await shared.told(1, at: place)
        }
        shared.say("Hello", by: "cat", cat, at: 1)
        try await shared.told(2, at: 0)
        let messages = shared.rigs[0].log.letters.compactMap { letter -> JSONValue? in
            if case .broadcast(_, let frame) = letter { frame.json?["message"] } else { nil }
        }
        #expect(messages.first?["mentions"]?.array?.compactMap(\.string) == ["cat"])
        #expect(messages.last?["author"]?["name"]?.string == "Catherine")
    }

    @Test("slow mode counts what a member has said at either")
    func slowMode() async throws {
        var record = RoomRecord(name: "Algebra", creatorID: RoomRig.owner)
        record.slowModeMilliseconds = 600_000
        let shared = try await SharedRooms(room: record)
        let here = try await shared.join("bob", at: 0)
        let there = try await shared.join("bob", at: 1)
        shared.say("one", by: "bob", here, at: 0)
        try await shared.told(1, at: 1)
        shared.say("two", by: "bob", there, at: 1)
        let isRefused = await shared.rigs[1].log.wait { letters in
            letters.contains { letter in
                guard case .send(there, let frame) = letter else { return false }
                return frame.json?["code"]?.string == "slow_mode"
            }
        }
        #expect(isRefused)
    }

    @Test("who types at one is seen to type at the other")
    func typing() async throws {
        let shared = try await SharedRooms()
        let ann = try await shared.join("ann", at: 0)
        _ = try await shared.join("bob", at: 1)
        shared.rigs[0].post(.typing(room: shared.rigs[0].room, ann, isTyping: true, reply: .none))
        #expect(
            await shared.rigs[1].log.wait { letters in
                letters.contains { letter in
                    guard case .broadcast(_, let frame) = letter else { return false }
                    return frame.json?["type"]?.string == "typing_status"
                        && frame.json?["user"]?["id"]?.string == "ann"
                }
            })
    }
}
