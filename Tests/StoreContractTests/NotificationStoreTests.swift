import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("Notifications in the store")
struct NotificationStoreTests {
    private let ann = PersonKey(user: "ann")
    private let other = PersonKey(tenant: "acme", user: "ann")

    private func note(_ key: String, to person: PersonKey? = nil, at: Int64 = 1000) -> NotificationRecord {
        NotificationRecord(
            to: person ?? ann, key: key, kind: "alert", title: "T" + key, data: #"{"n":1}"#,
            at: Timestamp(milliseconds: at))
    }

    private func add(
        _ records: [NotificationRecord], limit: Int = 100, to database: any Database
    ) async throws -> [String] {
        try await database.write { (transaction) async throws(StorageError) in
            try await NotificationRepository.add(records, limit: limit, in: transaction)
        }.map(\.key)
    }

    @Test(
        "one is one by its key; a person's are read newest first, page by page",
        arguments: StoreDriver.allCases)
    func pages(on driver: StoreDriver) async throws {
        let database = try await TestStore.open(on: driver).database
        let notes = NotificationRepository(database: database)
        let records = (0..<7).map { note("\($0)") } + [note("0", to: other)]
        #expect(try await add(records, to: database).count == 8)
        #expect(try await add([note("3"), note("7")], to: database) == ["7"])
        var found: [String] = []
        var cursor: String?
        repeat {
            let (page, unread) = try await notes.list(of: ann, unread: false, cursor: cursor, limit: 3)
            #expect(unread == 8)
            found += page.items.map(\.key)
            cursor = page.cursor
        } while cursor != nil
        #expect(found == (0...7).reversed().map(String.init))
        let first = try #require(try await notes.notification(records[0].id, of: ann))
        #expect(first.0 == records[0] && first.unread == 8)
        #expect(try await notes.notification(records[0].id, of: other) == nil)
    }

    @Test("what is read is no one else's, and is read once", arguments: StoreDriver.allCases)
    func reading(on driver: StoreDriver) async throws {
        let database = try await TestStore.open(on: driver).database
        let notes = NotificationRepository(database: database)
        let records = (0..<5).map { note("\($0)") }
        let foreign = note("x", to: other)
        _ = try await add(records + [foreign], to: database)
        let now = Timestamp(milliseconds: 5000)
        #expect(try await notes.markRead(of: ann, ids: [records[4].id, foreign.id, "none"], now: now) == 1)
        #expect(try await notes.markRead(of: ann, ids: [records[4].id]) == 0)
        #expect(try await notes.markRead(of: ann, upTo: records[2].id) == 3)
        let (page, unread) = try await notes.list(of: ann, unread: true, limit: 10)
        #expect(page.items == [records[3]] && unread == 1)
        #expect(try await notes.notification(records[4].id, of: ann)?.0.readAt == now)
        #expect(try await notes.unread(of: other) == 1)
    }

    @Test(
        "a person has so many at most, and none for longer than they are kept",
        arguments: StoreDriver.allCases)
    func bounds(on driver: StoreDriver) async throws {
        let database = try await TestStore.open(on: driver).database
        let notes = NotificationRepository(database: database)
        _ = try await add([note("x", to: other, at: 1)], limit: 3, to: database)
        for round in 0..<3 {
            _ = try await add(
                (0..<2).map { note("\(round * 2 + $0)", at: Int64(round)) }, limit: 3, to: database)
        }
        let kept = try await notes.list(of: ann, unread: false, limit: 10).page.items
        #expect(kept.map(\.key) == ["5", "4", "3"])
        #expect(try await notes.forget(before: Timestamp(milliseconds: 2), limit: 1) == 1)
        #expect(try await notes.forget(before: Timestamp(milliseconds: 2)) == 1)
        #expect(try await notes.list(of: ann, unread: false, limit: 10).page.items.map(\.key) == ["5", "4"])
        #expect(try await notes.unread(of: other) == 0)
    }

    @Test("what a person wants is kept whole", arguments: StoreDriver.allCases)
    func preferences(on driver: StoreDriver) async throws {
        let notes = NotificationRepository(database: try await TestStore.open(on: driver).database)
        #expect(try await notes.preferences(of: ann) == PreferencesRecord())
        var wanted = PreferencesRecord()
        wanted.timeZone = "Asia/Tokyo"
        wanted.quietHours = PreferencesRecord.QuietHours(from: 1320, to: 420)
        wanted.muted = ["alert", "risk"]
        try await notes.set(wanted, for: ann)
        #expect(try await notes.preferences(of: ann) == wanted)
        #expect(try await notes.preferences(of: other) == PreferencesRecord())
        try await notes.set(PreferencesRecord(), for: ann)
        #expect(try await notes.preferences(of: ann) == PreferencesRecord())
    }

    @Test("quiet hours may go over midnight; their end is not among them")
    func quietHours() {
        let night = PreferencesRecord.QuietHours(from: 1320, to: 420)
        #expect(night.contains(1320) && night.contains(0) && night.contains(419))
        #expect(!night.contains(420) && !night.contains(1319))
        let noon = PreferencesRecord.QuietHours(from: 720, to: 780)
        #expect(noon.contains(720) && !noon.contains(780) && !noon.contains(0))
    }
}
