import Bytes
import StoreTesting
import Synchronization
import Testing

@testable import Storage

@Suite("Alerts on portfolios in the store (B6)")
struct PortfolioAlertStoreTests {
    private static let ann = PersonKey(user: "ann")
    private static let bob = PersonKey(user: "bob")

    private struct Store {
        let alerts: AlertRepository
        let portfolios: PortfolioRepository

        init(_ driver: StoreDriver) async throws {
            let database = try await TestStore.open(on: driver).database
            alerts = AlertRepository(database: database)
            portfolios = PortfolioRepository(database: database)
        }

        func portfolio(_ id: String) async throws -> AlertTopic {
            let record = PortfolioRecord(id: id, owner: ann, name: "n")
            #expect(try await portfolios.make(record, limit: 9) == .done)
            return AlertTopic(kind: "portfolio_value", subject: id)
        }

        func watch(
            _ topic: AlertTopic, _ person: PersonKey = ann, limit: Int = 9
        ) async throws -> StoredAlert? {
            let alert = StoredAlert(
                of: person, topic: topic, comparison: ">=", value: "1", repetition: "on_crossing",
                cooldown: 0, note: "")
            let making = try await alerts.make(alert, limit: 9, portfolios: limit, value: "5")
            if case .made(let made) = making { return made }
            return nil
        }
    }

    @Test("who may read a portfolio may watch it, and so many are watched", arguments: StoreDriver.allCases)
    func rights(on driver: StoreDriver) async throws {
        let store = try await Store(driver)
        let (first, second) = (try await store.portfolio("p1"), try await store.portfolio("p2"))
        await #expect(throws: StorageError.self) { try await store.watch(first, Self.bob) }
        let own = try #require(try await store.watch(first, limit: 1))
        #expect(try await store.watch(first, limit: 1) != nil)
        #expect(try await store.watch(second, limit: 1) == nil)
        _ = try await store.portfolios.share("p1", of: Self.ann, with: "bob", isShared: true, limit: 9)
        let his = try #require(try await store.watch(first, Self.bob, limit: 1))
        // What it was worth when it was made is the value before.
        #expect(try await store.alerts.stretch(after: 0, limit: 9).entries.map(\.value) == ["5", "5", "5"])
        let ended = Mutex<[String]>([])
        _ = try await store.portfolios.share(
            "p1", of: Self.ann, with: "bob", isShared: false, limit: 9
        ) { (alerts, _) async throws(StorageError) in ended.withLock { $0 = alerts.map(\.id) } }
        #expect(ended.withLock { $0 } == [his.id])
        #expect(try await store.alerts.alert(his.id, of: Self.bob)?.isActive == false)
        #expect(try await store.alerts.stretch(after: 3, limit: 9).entries.map(\.alert) == [his.id])
        await #expect(throws: StorageError.notFound("the portfolio")) {
            try await store.alerts.change(his.id, of: Self.bob) { $0.isActive = true }
        }
        #expect(try await store.alerts.change(own.id, of: Self.ann) { $0.isActive = false } != nil)
        _ = try await store.portfolios.delete("p1", of: Self.ann) {
            (alerts, _) async throws(StorageError) in ended.withLock { $0 = alerts.map(\.id) }
        }
        #expect(ended.withLock { $0.count } == 3)
        #expect(try await store.alerts.list(of: Self.ann, limit: 9).items.isEmpty)
        // Room for another one.
        let free = try #require(try await store.watch(second, limit: 1))
        _ = try await store.alerts.change(free.id, of: Self.ann) { $0.isActive = false }
        let third = try await store.portfolio("p3")
        #expect(try await store.watch(third, limit: 1) != nil)
        await #expect(throws: StorageError.self) {
            try await store.alerts.change(free.id, of: Self.ann, portfolios: 1) { $0.isActive = true }
        }
    }

    @Test("values count in the term that was begun last, alone", arguments: StoreDriver.allCases)
    func terms(on driver: StoreDriver) async throws {
        let store = try await Store(driver)
        let topic = try await store.portfolio("p")
        _ = try await store.watch(topic)
        let value = WatchedValue(topic, "7", at: Timestamp(milliseconds: 1))
        let first = try await store.alerts.beginTerm()
        #expect(try await store.alerts.log([value], term: first) == 1)
        let second = try await store.alerts.beginTerm()
        #expect(second == first + 1)
        #expect(try await store.alerts.log([value], term: first) == nil)
        #expect(try await store.alerts.log([value], term: second) == 1)
        #expect(try await store.alerts.stretch(after: 1, limit: 9).entries.map(\.value) == ["7", "7"])
    }

    @Test(
        "portfolios of several people are read at once, and when they were changed",
        arguments: StoreDriver.allCases)
    func batches(on driver: StoreDriver) async throws {
        let store = try await Store(driver)
        for id in ["p1", "p2"] { _ = try await store.portfolio(id) }
        _ = try await store.portfolios.hold("A", "2", in: "p2", of: Self.ann, limit: 9)
        let keys = ["p1", "p2", "p3"].map { (tenant: "default", id: $0) }
        let found = try await store.portfolios.portfolios(keys)
        #expect(found.map(\.id) == ["p1", "p2"] && found.map(\.holdings) == [[:], ["A": "2"]])
        let changes = try await store.portfolios.changes(keys)
        #expect(changes == ["p1": found[0].changedAt, "p2": found[1].changedAt])
    }
}
