import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Rooms")
struct RoomTests {
    @Test("a room comes back as it was made, with its creator as owner")
    func create() async throws {
        let store = try await TestStore.open()
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

    @Test("changes change what they name, and clear what they are told to clear")
    func update() async throws {
        let store = try await TestStore.open()
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

    @Test("the list shows what a person may see, newest first, page by page")
    func list() async throws {
        let store = try await TestStore.open()
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

    @Test("tenants see nothing of each other (E5)")
    func tenants() async throws {
        let store = try await TestStore.open()
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

    @Test("a join reads all that it needs at once")
    func joinView() async throws {
        let store = try await TestStore.open()
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

@Suite("Members")
struct MemberTests {
    @Test("joining is for good and counted once")
    func join() async throws {
        let store = try await TestStore.open()
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

    @Test("a room has exactly one owner (A7)")
    func oneOwner() async throws {
        let store = try await TestStore.open()
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

    @Test("members are listed by role, page by page, and found by name")
    func members() async throws {
        let store = try await TestStore.open()
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

    @Test("a person's rooms come with what is unread and the last message (CONTRACT 6)")
    func myRooms() async throws {
        let store = try await TestStore.open()
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

    @Test("last seen only goes forward")
    func touch() async throws {
        let store = try await TestStore.open()
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

@Suite("Moderation")
struct ModerationTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private func later(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + milliseconds)
    }

    @Test("a ban holds until its end and is listed while it holds")
    func bans() async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        try await store.rooms.ban(BanRecord(room: room, user: "bob", by: "ann", at: now, until: later(10)))
        try await store.rooms.ban(BanRecord(room: room, user: "cid", by: "ann", reason: "spam", at: now))
        #expect(try await store.rooms.activeBan(room, user: "bob", now: later(9))?.by == "ann")
        #expect(try await store.rooms.activeBan(room, user: "bob", now: later(10)) == nil)
        #expect(try await store.rooms.bans(room, limit: 10, now: now).items.map(\.user) == ["bob", "cid"])
        #expect(try await store.rooms.bans(room, limit: 10, now: later(10)).items.map(\.user) == ["cid"])
        try await store.rooms.ban(BanRecord(room: room, user: "bob", by: "eve", at: now))
        #expect(try await store.rooms.activeBan(room, user: "bob", now: later(99))?.by == "eve")
        #expect(try await store.rooms.unban(room, user: "bob"))
        #expect(try await !store.rooms.unban(room, user: "bob"))
        await #expect(throws: StorageError.self) {
            try await store.rooms.ban(BanRecord(room: "nothing", user: "bob", by: "ann"))
        }
    }

    @Test("invitations: by name at once, by code once used, void once expired or taken back")
    func invitations() async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        let named = InvitationRecord(room: room, user: "bob", by: "ann", at: now, expiresAt: later(10))
        try await store.rooms.invite(named)
        #expect(try await store.rooms.isInvited(room, user: "bob", now: now))
        #expect(try await !store.rooms.isInvited(room, user: "bob", now: later(10)))
        let code = InvitationRecord(room: room, codeHash: "h", by: "ann", at: now, expiresAt: later(10))
        try await store.rooms.invite(code)
        #expect(try await store.rooms.redeem(codeHash: "wrong", user: "cid", now: now) == .unknown)
        #expect(
            try await store.rooms.redeem(codeHash: "h", user: "cid", now: later(10)) == .expired(later(10)))
        #expect(try await store.rooms.redeem(codeHash: "h", user: "cid", now: now) == .accepted(room: room))
        #expect(try await store.rooms.redeem(codeHash: "h", user: "cid", now: now) == .accepted(room: room))
        #expect(try await store.rooms.isInvited(room, user: "cid", now: later(99)))
        let personal = InvitationRecord(room: room, codeHash: "p", user: "dan", by: "ann", at: now)
        try await store.rooms.invite(personal)
        #expect(try await store.rooms.redeem(codeHash: "p", user: "eve", now: now) == .forAnother)
        #expect(
            try await store.rooms.invitations(room, limit: 2, now: now).items.map(\.id) == [
                personal.id, code.id,
            ])
        #expect(
            try await store.rooms.invitations(room, limit: 9, now: later(10)).items.map(\.id) == [personal.id]
        )
        #expect(try await store.rooms.revokeInvitation(personal.id, room: room))
        #expect(try await !store.rooms.revokeInvitation(personal.id, room: room))
        #expect(try await !store.rooms.isInvited(room, user: "dan", now: now))
        _ = try await store.rooms.remove(room, user: "cid")
        #expect(try await !store.rooms.isInvited(room, user: "cid", now: now))
    }

    @Test("reports are one per person and message, the newest first")
    func reports() async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        for message in ["m1", "m2", "m3", "m1"] {
            try await store.rooms.report(
                ReportRecord(room: room, messageID: message, by: "bob", reason: message))
        }
        let page = try await store.rooms.reports(room, limit: 2)
        #expect(page.items.map(\.messageID) == ["m1", "m3"])
        #expect(
            try await store.rooms.reports(room, cursor: page.cursor, limit: 2).items.map(\.messageID) == [
                "m2"
            ])
    }

    @Test("hidden people are hidden from one person only")
    func hidden() async throws {
        let store = try await TestStore.open()
        try await store.rooms.hide("eve", from: "ann")
        try await store.rooms.hide("eve", from: "ann")
        #expect(try await store.rooms.hidden(from: "ann") == ["eve"])
        #expect(try await store.rooms.hidden(from: "bob").isEmpty)
        #expect(try await store.rooms.unhide("eve", from: "ann"))
        #expect(try await !store.rooms.unhide("eve", from: "ann"))
    }

    @Test("the audit log is read newest first, by room or in all")
    func audit() async throws {
        let store = try await TestStore.open()
        for number in 1...3 {
            try await store.rooms.audit(
                AuditRecord(
                    at: now, actor: "ann", action: "ban.add", room: "r\(number % 2)", target: "\(number)"))
        }
        #expect(try await store.rooms.auditLog(limit: 10).items.map(\.target) == ["3", "2", "1"])
        #expect(try await store.rooms.auditLog(room: "r1", limit: 10).items.map(\.target) == ["3", "1"])
        let page = try await store.rooms.auditLog(room: "r1", limit: 1)
        #expect(
            try await store.rooms.auditLog(room: "r1", cursor: page.cursor, limit: 1).items.map(\.target) == [
                "1"
            ])
    }
}
