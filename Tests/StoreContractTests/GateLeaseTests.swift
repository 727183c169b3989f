import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Leases behind gates, as the store remembers them")
struct GateLeaseTests {
    @Test(
        "what is withheld counts for nothing, and the role that a token lent is remembered",
        arguments: StoreDriver.allCases)
    func withheld(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let gates = GateRepository(database: store.database)
        let room = try await store.room()
        let leases = ["bob", "cem"].map { user in
            LeaseRecord(
                room: room, user: user, walletTenant: "default", granted: .moderator,
                verifiedAt: Timestamp(milliseconds: 5000))
        }
        try await gates.keep(leases)
        try await gates.withhold(room, user: "bob")
        let withheld = try await gates.lease(room, user: "bob")
        #expect(withheld?.verifiedAt.milliseconds == 0 && withheld?.granted == .moderator)
        #expect(try await gates.lease(room, user: "cem")?.verifiedAt.milliseconds == 5000)
        try await gates.forget(user: "cem", room: room)
        #expect(try await gates.lease(room, user: "cem") == nil)
    }
}
