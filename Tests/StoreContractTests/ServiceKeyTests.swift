import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Service keys in the store")
struct ServiceKeyTests {
    private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    private func key(_ id: String, tenant: String = "default", at: Int64) -> ServiceKeyRecord {
        ServiceKeyRecord(
            person: PersonKey(tenant: tenant, user: id), name: "bot", scopes: "rooms:read admin",
            madeBy: "ann",
            madeAt: time(at), expiresAt: time(at + 1000),
            secrets: [ServiceKeyRecord.Secret(hash: "hash-\(tenant)-\(id)", madeAt: time(at))])
    }

    @Test(
        "keys are kept with their hashes, and are gone when they are revoked", arguments: StoreDriver.allCases
    )
    func life(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let keys = ServiceKeyRepository(database: store.database)
        let (one, two) = (key("key_1", at: 10), key("key_1", tenant: "t2", at: 20))
        try await keys.make(one)
        try await keys.make(two)
        #expect(try await keys.all() == [one, two])
        try await keys.note([one.person: time(77)])
        #expect(try await keys.all().map(\.usedAt) == [time(77), nil])
        try await keys.revoke(one.person)
        #expect(try await keys.all() == [two])
        await #expect(throws: StorageError.self) { try await keys.revoke(one.person) }
        let next = ServiceKeyRecord.Secret(hash: "next", madeAt: time(30))
        await #expect(throws: StorageError.self) {
            try await keys.rotate(one.person, to: next, othersEndAt: time(40))
        }
    }

    @Test(
        "a rotation ends the hashes before it, none later than it already would",
        arguments: StoreDriver.allCases)
    func rotation(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let keys = ServiceKeyRepository(database: store.database)
        let made = key("key_1", at: 10)
        try await keys.make(made)
        for (number, end) in [(1, 100), (2, 60), (3, 500)] as [(Int64, Int64)] {
            let secret = ServiceKeyRecord.Secret(hash: "h\(number)", madeAt: time(10 + number))
            try await keys.rotate(made.person, to: secret, othersEndAt: time(end))
        }
        func ends() async throws -> [Int64?] {
            try await keys.all().flatMap(\.secrets).map { $0.endsAt?.milliseconds }
        }
        #expect(try await ends() == [nil, 500, 60, 60])
        // Those that have ended are known for a while, so that they are told from what never was a key.
        for number in 4..<40 as Range<Int64> {
            let secret = ServiceKeyRecord.Secret(hash: "h\(number)", madeAt: time(1000 + number))
            try await keys.rotate(made.person, to: secret, othersEndAt: time(1000 + number))
        }
        let kept = try await keys.all().flatMap(\.secrets)
        #expect(kept.map(\.hash) == (8..<40).reversed().map { "h\($0)" })
    }
}
