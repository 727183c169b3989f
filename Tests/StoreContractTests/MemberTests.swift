import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Members")
struct MemberTests {
    @Test("joining is for good and counted once", arguments: StoreDriver.allCases)
    func join(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let at = Timestamp(milliseconds: 1000)
        let first = try await store.rooms.join(room, user: "bob", name: "Bob", at: at)
        #expect(first.isNew && first.member.role == .member && first.member.joinedAt == at)
        let later = Timestamp(milliseconds: 2000)
        let again = try await store.rooms.join(room, user: "bob", name: "Bobby", role: .moderator, at: later)
        #expect(!again.isNew && again.member.name == "Bobby" && again.member.role == .member)
        #expect(again.member.joinedAt == at && again.member.lastSeenAt == later)
        #expect(try await store.rooms.memberCount(room) == 2)
        await #expect(throws: StorageError.self) {
            try await store.rooms.join("nothing", user: "bob", name: "Bob")
        }
        #expect(
            try await store.rooms.join(room, user: "eve", name: "Eve", role: .owner).member.role == .moderator
        )
    }

    @Test("a room has exactly one owner (A7)", arguments: StoreDriver.allCases)
    func oneOwner(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        _ = try await store.rooms.join(room, user: "bob", name: "Bob")
        #expect(try await store.rooms.setRole(room, user: "eve", .moderator) == .notMember)
        #expect(try await store.rooms.setRole(room, user: "ann", .member) == .isOwner)
        #expect(try await store.rooms.remove(room, user: "ann") == .isOwner)
        guard case .changed(let bob, let former) = try await store.rooms.setRole(room, user: "bob", .owner)
        else {
            Issue.record("not changed")
            return
        }
        #expect(bob.role == .owner && former == "ann")
        #expect(try await store.rooms.role(room, user: "ann") == .moderator)
        guard case .unchanged = try await store.rooms.setRole(room, user: "bob", .owner) else {
            Issue.record("not unchanged")
            return
        }
        guard case .removed = try await store.rooms.remove(room, user: "ann") else {
            Issue.record("not removed")
            return
        }
        #expect(try await store.rooms.remove(room, user: "ann") == .notMember)
        let roles = try await store.rooms.members(room, limit: 10).items.map(\.role)
        #expect(roles == [.owner])
    }

    @Test("members are listed by role, page by page, and found by name", arguments: StoreDriver.allCases)
    func members(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        for number in 1...7 {
            _ = try await store.rooms.join(
                room, user: "u\(number)", name: "Ünal \(number)", role: number == 5 ? .moderator : .member)
        }
        var users: [String] = []
        var cursor: String?
        repeat {
            let page = try await store.rooms.members(room, cursor: cursor, limit: 3)
            users += page.items.map(\.user)
            cursor = page.cursor
        } while cursor != nil
        #expect(users == ["ann", "u5", "u1", "u2", "u3", "u4", "u6", "u7"])
        let named = try await store.rooms.members(room, named: ["ünal 3", "ANN", "nobody", "ann"])
        #expect(Set(named.map(\.user)) == ["u3", "ann"])
    }

    @Test(
        "a person's rooms come with what is unread and the last message (CONTRACT 6)",
        arguments: StoreDriver.allCases)
    func myRooms(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let one = try await store.room("one")
        let two = try await store.room("two")
        _ = try await store.rooms.join(one, user: "bob", name: "Bob", at: Timestamp(milliseconds: 1))
        _ = try await store.rooms.join(two, user: "bob", name: "Bob", at: Timestamp(milliseconds: 2))
        try await store.say("first", in: one, mentions: ["bob"])
        let gone = try await store.say("gone", in: one)
        _ = await store.perform(.delete(messageID: gone.id, byModerator: false), in: one)
        let rooms = try await store.rooms.rooms(of: "bob", limit: 10).items
        #expect(rooms.map(\.room.id) == [two, one])
        #expect(rooms[0].unread == Unread(readSeq: 0, unread: 0, mentions: 0) && rooms[0].lastMessage == nil)
        #expect(rooms[1].unread == Unread(readSeq: 0, unread: 1, mentions: 1))
        #expect(rooms[1].lastMessage?.content == "first" && rooms[1].role == .member)
        let page = try await store.rooms.rooms(of: "bob", limit: 1)
        #expect(page.items.map(\.room.id) == [two])
        #expect(
            try await store.rooms.rooms(of: "bob", cursor: page.cursor, limit: 1).items.map(\.room.id) == [
                one
            ])
        _ = try await store.rooms.archive(two)
        #expect(try await store.rooms.rooms(of: "bob", limit: 10).items.map(\.room.id) == [one])
    }

    @Test("last seen only goes forward", arguments: StoreDriver.allCases)
    func touch(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let base = Timestamp.now().milliseconds
        for offset in [10, 5] {
            try await store.rooms.touch([
                LastSeen(room: room, user: "ann", at: Timestamp(milliseconds: base + Int64(offset))),
                LastSeen(room: room, user: "nobody", at: .now()),
            ])
        }
        #expect(try await store.rooms.member(room, user: "ann")?.lastSeenAt.milliseconds == base + 10)
    }
}
