import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Rooms")
struct RoomTests {
    @Test("a room comes back as it was made, with its creator as owner", arguments: StoreDriver.allCases)
    func create(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = RoomRecord(
            name: "Gated", description: "d", creatorID: "ann", type: .tokenGated, accessTokenMint: "mint",
            accessTokenMinAmount: "18446744073709551615", accessNFTCollection: "nft", maxParticipants: 7,
            locked: true, slowModeMilliseconds: 500, retentionDays: 3)
        let (created, isNew) = try await store.rooms.create(room, creatorName: "Ann")
        #expect(isNew && !created.epoch.isEmpty && created.seq == 0 && created.floor == 1)
        #expect(try await store.rooms.room(room.id) == created)
        #expect(created.accessTokenMinAmount == "18446744073709551615" && created.retentionDays == 3)
        #expect(try await store.rooms.role(room.id, user: "ann") == .owner)
        let (again, isNewAgain) = try await store.rooms.create(
            RoomRecord(id: room.id, name: "Else", creatorID: "ann"), creatorName: "Ann")
        #expect(!isNewAgain && again == created)
        await #expect(throws: StorageError.self) {
            try await store.rooms.create(
                RoomRecord(id: room.id, name: "x", creatorID: "bob"), creatorName: "B")
        }
        #expect(try await store.rooms.room("nothing") == nil)
        #expect(try await store.rooms.head(room.id) == RoomHead(epoch: created.epoch, seq: 0, floor: 1))
        #expect(try await store.rooms.head("nothing") == nil)
    }

    @Test(
        "changes change what they name, and clear what they are told to clear",
        arguments: StoreDriver.allCases)
    func update(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = RoomRecord(name: "n", creatorID: "ann", accessTokenMint: "m", retentionDays: 5)
        let created = try await store.rooms.create(room, creatorName: "Ann").room
        var changes = RoomChanges()
        changes.name = "new"
        changes.locked = true
        changes.accessTokenMint = .some(nil)
        changes.accessNFTCollection = "c"
        let at = Timestamp(milliseconds: created.updatedAt.milliseconds + 1)
        let changed = try #require(try await store.rooms.update(room.id, changes, at: at))
        #expect(changed.name == "new" && changed.locked && changed.accessTokenMint == nil)
        #expect(changed.accessNFTCollection == "c" && changed.retentionDays == 5 && changed.updatedAt == at)
        #expect(try await store.rooms.room(room.id) == changed)
        #expect(try await store.rooms.update("nothing", changes) == nil)
        let archived = try #require(try await store.rooms.archive(room.id))
        #expect(!archived.active)
        #expect(try await store.rooms.archive(room.id) == archived)
        #expect(try await store.rooms.archive("nothing") == nil)
    }

    @Test("the list shows what a person may see, newest first, page by page", arguments: StoreDriver.allCases)
    func list(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        for number in 1...5 {
            // Two of the same moment: the id decides.
            let room = RoomRecord(
                name: "Room \(number)", description: number == 2 ? "Ünusual 100%" : "", creatorID: "ann",
                type: number == 4 ? .private : .public, at: Timestamp(milliseconds: Int64(number / 2)))
            _ = try await store.rooms.create(room, creatorName: "Ann")
        }
        func names(_ user: String, query: String? = nil) async throws -> [String] {
            var names: [String] = []
            var cursor: String?
            repeat {
                let page = try await store.rooms.list(query: query, cursor: cursor, limit: 2, visibleTo: user)
                names += page.items.map(\.name)
                cursor = page.cursor
            } while cursor != nil
            return names
        }
        #expect(try await Set(names("ann")) == ["Room 1", "Room 2", "Room 3", "Room 4", "Room 5"])
        #expect(try await names("ann").count == 5)
        #expect(try await names("bob").count == 4)
        #expect(try await names("bob", query: "ünus ROOM") == ["Room 2"])
        #expect(try await names("bob", query: "100%") == ["Room 2"])
        #expect(try await names("bob", query: "1_0").isEmpty)
        #expect(try await names("bob", query: "!") == [])
        let hidden = try #require(
            try await store.rooms.list(limit: 10, visibleTo: "ann").items.first { $0.type == .private })
        try await store.rooms.invite(InvitationRecord(room: hidden.id, user: "bob", by: "ann"))
        #expect(try await names("bob").count == 5)
        _ = try await store.rooms.archive(hidden.id)
        #expect(try await names("ann").count == 4)
    }

    @Test("tenants see nothing of each other (E5)", arguments: StoreDriver.allCases)
    func tenants(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let other = RoomRepository(database: store.database, tenant: "other")
        let room = try await store.room()
        try await store.say("hello", in: room)
        #expect(try await other.room(room) == nil)
        #expect(try await other.list(limit: 10, visibleTo: "ann").items.isEmpty)
        let mirror = try await other.create(
            RoomRecord(id: room, name: "x", creatorID: "eve"), creatorName: "Eve")
        #expect(mirror.created && mirror.room.tenant == "other")
        let messages = MessageRepository(database: store.database, tenant: "other")
        #expect(try await messages.history(room: room, limit: 10).messages.isEmpty)
        #expect(try await messages.search(room: room, "hello", limit: 10).messages.isEmpty)
        let request = AppendRequest(
            tenant: "other", room: room, actor: Author(id: "eve", name: "Eve"),
            act: .message(NewMessage(id: Identifier.uuid(), content: "own")))
        #expect(store.log.append(request))
        await store.log.drain()
        #expect(try await store.rooms.head(room)?.seq == 1)
        #expect(try await messages.history(room: room, limit: 10).messages.map(\.content) == ["own"])
    }

    @Test("a join reads all that it needs at once", arguments: StoreDriver.allCases)
    func joinView(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        for number in 1...5 { try await store.say("\(number)", in: room) }
        let epoch = try #require(try await store.rooms.head(room)).epoch
        #expect(try await store.rooms.joinView(room: "nothing", user: "bob") == nil)
        let stranger = try #require(try await store.rooms.joinView(room: room, user: "bob", history: 2))
        #expect(stranger.member == nil && stranger.ban == nil && !stranger.isInvited)
        #expect(stranger.unread == Unread(readSeq: 0, unread: 5, mentions: 0))
        #expect(stranger.history?.messages.map(\.content) == ["4", "5"])
        #expect(stranger.history?.moreBefore == true && stranger.missed.isEmpty && stranger.gap == nil)
        _ = try await store.rooms.join(room, user: "bob", name: "Bob", role: .moderator)
        _ = try await store.messages.setReadMarker(room: room, user: "bob", seq: 3)
        try await store.rooms.ban(BanRecord(room: room, user: "bob", by: "ann", reason: "r"))
        try await store.rooms.invite(InvitationRecord(room: room, user: "bob", by: "ann"))
        func view(_ seq: Int64, _ epoch: String, limit: Int = 10) async throws -> JoinView {
            try #require(
                try await store.rooms.joinView(
                    room: room, user: "bob", after: ReplayPosition(epoch: epoch, seq: seq), missedLimit: limit
                ))
        }
        let known = try await view(2, epoch)
        #expect(known.member?.role == .moderator && known.ban?.reason == "r" && known.isInvited)
        #expect(known.unread.unread == 2 && known.missed.map(\.seq) == [3, 4, 5] && known.history == nil)
        #expect(try await view(5, epoch).missed.isEmpty)
        #expect(try await view(5, epoch).gap == nil)
        #expect(try await view(6, epoch).gap == .epoch)
        #expect(try await view(2, "other").gap == .epoch)
        #expect(try await view(2, epoch, limit: 2).gap == .limit)
        #expect(try await view(2, epoch, limit: 3).gap == nil)
    }
}
