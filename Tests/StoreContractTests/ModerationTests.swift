import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Moderation")
struct ModerationTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private func later(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + milliseconds)
    }

    @Test("a ban holds until its end and is listed while it holds", arguments: StoreDriver.allCases)
    func bans(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
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

    @Test(
        "nobody becomes a member while they are banned, whatever was read before (B6)",
        arguments: StoreDriver.allCases)
    func bannedBetween(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        try await store.rooms.ban(BanRecord(room: room, user: "bob", by: "ann", at: now, until: later(10)))
        await #expect(throws: StorageError.self) {
            try await store.rooms.join(room, user: "bob", name: "Bob", at: later(9))
        }
        #expect(try await store.rooms.member(room, user: "bob") == nil)
        #expect(try await store.rooms.join(room, user: "bob", name: "Bob", at: later(10)).isNew)
    }

    @Test(
        "invitations: by name at once, by code once used, void once expired or taken back",
        arguments: StoreDriver.allCases)
    func invitations(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
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

    @Test("reports are one per person and message, the newest first", arguments: StoreDriver.allCases)
    func reports(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
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

    @Test("hidden people are hidden from one person only", arguments: StoreDriver.allCases)
    func hidden(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        try await store.rooms.hide("eve", from: "ann")
        try await store.rooms.hide("eve", from: "ann")
        #expect(try await store.rooms.hidden(from: "ann") == ["eve"])
        #expect(try await store.rooms.hidden(from: "bob").isEmpty)
        #expect(try await store.rooms.unhide("eve", from: "ann"))
        #expect(try await !store.rooms.unhide("eve", from: "ann"))
    }

    @Test("the audit log is read newest first, by room or in all", arguments: StoreDriver.allCases)
    func audit(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
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
