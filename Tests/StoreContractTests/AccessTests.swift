import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Who may not come in")
struct AccessTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private func later(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + milliseconds)
    }

    @Test(
        "tokens are kept out until they would have run out, people and bans until they are let in",
        arguments: StoreDriver.allCases)
    func state(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let access = AccessRepository(database: store.database)
        #expect(try await access.state(at: now).tokens.isEmpty)
        let token = RevokedToken(issuer: "main", tokenID: "j1", expiresAt: later(10))
        try await access.revoke(token, at: now)
        try await access.revoke(token, at: now)
        let person = PersonKey(user: "bob")
        try await access.revoke(person, before: now)
        try await access.revoke(person, before: later(5))
        let ban = ServerBan(person: person, by: "eve", reason: "spam", at: now, until: later(20))
        try await access.ban(ban)
        let state = try await access.state(at: later(9))
        #expect(state.tokens == [token])
        #expect(state.people == [person: later(5)])
        #expect(state.bans == [ban])
        #expect(try await access.state(at: later(10)).tokens.isEmpty)
        #expect(try await access.bans(at: later(20)).isEmpty)
        let forGood = ServerBan(person: person, by: "eve", reason: nil, at: now, until: nil)
        try await access.ban(forGood)
        #expect(try await access.bans(at: later(99)) == [forGood])
        try await access.unban(person)
        #expect(try await access.bans(at: now).isEmpty)
        await #expect(throws: StorageError.self) { try await access.unban(person) }
    }

    @Test("a person of one tenant is not one of another", arguments: StoreDriver.allCases)
    func tenants(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let access = AccessRepository(database: store.database)
        let one = PersonKey(tenant: "t1", user: "bob")
        try await access.revoke(one, before: now)
        try await access.revoke(PersonKey(tenant: "t2", user: "bob"), before: later(7))
        #expect(try await access.state().people[one] == now)
    }
}
