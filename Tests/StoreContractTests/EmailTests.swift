import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Codes and mail addresses in the store")
struct EmailTests {
    private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    private func person(_ address: String, _ user: String, at: Int64) -> EmailPerson {
        EmailPerson(address: address, user: user, userName: user, linkedAt: time(at), usedAt: time(at))
    }

    @Test(
        "a code is good once and until it is over, and its address is one person's",
        arguments: StoreDriver.allCases)
    func codes(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let emails = EmailRepository(database: store.database)
        func prove(_ hash: String, _ user: String, at now: Int64) async throws -> CodeOutcome {
            try await emails.prove(
                hash: hash, newcomer: person("a@b.de", user, at: now), tries: 5, now: time(now))
        }
        try await emails.keep(hash: "h1", for: "a@b.de", expiresAt: time(100), now: time(0))
        #expect(try await prove("h1", "u1", at: 99) == .proven(person("a@b.de", "u1", at: 99)))
        #expect(try await prove("h1", "u1", at: 99) == .wrong)
        try await emails.keep(hash: "h2", for: "a@b.de", expiresAt: time(200), now: time(100))
        try await emails.keep(hash: "h3", for: "a@b.de", expiresAt: time(250), now: time(150))
        #expect(try await prove("h2", "u2", at: 160) == .wrong)
        let again = EmailPerson(
            address: "a@b.de", user: "u1", userName: "u1", linkedAt: time(99), usedAt: time(170))
        #expect(try await prove("h3", "u2", at: 170) == .proven(again))
        try await emails.keep(hash: "h4", for: "a@b.de", expiresAt: time(300), now: time(200))
        #expect(try await prove("h4", "u2", at: 300) == .wrong)
        #expect(try await prove("", "u2", at: 301) == .wrong)
        let others = EmailRepository(database: store.database, tenant: "t2")
        try await others.keep(hash: "h5", for: "a@b.de", expiresAt: time(500), now: time(400))
        #expect(try await prove("h5", "u2", at: 450) == .wrong)
    }

    @Test(
        "so many may be tried within an hour, whether a code was sent or not, and new codes make no room",
        arguments: StoreDriver.allCases)
    func tries(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let emails = EmailRepository(database: store.database)
        let newcomer = person("a@b.de", "u1", at: 0)
        func prove(_ hash: String, at now: Int64) async throws -> CodeOutcome {
            try await emails.prove(hash: hash, newcomer: newcomer, tries: 3, now: time(now))
        }
        let hour = EmailRepository.window
        for now in [10, 20, 30] as [Int64] { #expect(try await prove("x", at: now) == .wrong) }
        try await emails.keep(hash: "h", for: "a@b.de", expiresAt: time(2 * hour), now: time(40))
        #expect(try await prove("h", at: 50) == .tooMany(until: time(10 + hour)))
        #expect(try await prove("h", at: 9 + hour) == .tooMany(until: time(10 + hour)))
        #expect(try await prove("y", at: 10 + hour) == .wrong)
        #expect(try await prove("h", at: 11 + hour) == .tooMany(until: time(20 + hour)))
        #expect(try await prove("h", at: 20 + hour) == .proven(newcomer))
    }
}
