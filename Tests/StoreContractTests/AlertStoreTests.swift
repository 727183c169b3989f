import Bytes
import StoreTesting
import Synchronization
import Testing

@testable import Storage

@Suite("Alerts in the store (B6)")
struct AlertStoreTests {
    private static let ann = PersonKey(user: "ann")
    private static let price = AlertTopic(kind: "price", subject: "BTC")

    private static func alert(
        _ client: String? = nil, on topic: AlertTopic = price, value: String = "10",
        repetition: String = "on_crossing"
    ) -> StoredAlert {
        StoredAlert(
            of: ann, clientID: client, topic: topic, comparison: ">=", value: value, repetition: repetition,
            cooldown: 0, note: "n")
    }

    private static func made(_ making: AlertRepository.Making) -> StoredAlert? {
        if case .made(let alert) = making { return alert }
        return nil
    }

    private static func value(_ text: String, _ topic: AlertTopic = price) -> WatchedValue {
        WatchedValue(topic, text, at: Timestamp(milliseconds: 1000))
    }

    @Test("an alert is made once by its client id, and a person has so many", arguments: StoreDriver.allCases)
    func making(on driver: StoreDriver) async throws {
        let alerts = AlertRepository(database: try await TestStore.open(on: driver).database)
        let first = try #require(
            AlertStoreTests.made(try await alerts.make(AlertStoreTests.alert("c"), limit: 2)))
        #expect(try await alerts.make(AlertStoreTests.alert("c", value: "3"), limit: 2) == .known(first))
        let second = try #require(
            AlertStoreTests.made(try await alerts.make(AlertStoreTests.alert(), limit: 2)))
        #expect(try await alerts.make(AlertStoreTests.alert(), limit: 2) == .tooMany)
        #expect(try await alerts.alert(first.id, of: AlertStoreTests.ann) == first)
        #expect(try await alerts.alert(first.id, of: PersonKey(user: "bob")) == nil)
        let page = try await alerts.list(of: AlertStoreTests.ann, limit: 1)
        #expect(page.items == [second] && page.cursor == second.id)
        let rest = try await alerts.list(
            of: AlertStoreTests.ann, subject: "BTC", cursor: page.cursor, limit: 1)
        #expect(rest.items == [first] && rest.cursor == nil)
        #expect(try await alerts.list(of: AlertStoreTests.ann, subject: "ETH", limit: 9).items.isEmpty)
        #expect(try await !alerts.delete(first.id, of: PersonKey(user: "bob")))
        #expect(try await alerts.delete(first.id, of: AlertStoreTests.ann))
        #expect(try await !alerts.delete(first.id, of: AlertStoreTests.ann))
    }

    @Test(
        "the log has changes, and values that active alerts watch, in one order without holes",
        arguments: StoreDriver.allCases)
    func log(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let alerts = AlertRepository(database: store.database)
        let prices = PriceRepository(database: store.database)
        #expect(try await alerts.log([AlertStoreTests.value("1")]) == 0)
        var batch = PriceBatch()
        let at = Timestamp(milliseconds: 1_800_000_000_000)
        for (key, symbol) in ["BTC", "ETH", "BTC"].enumerated() {
            batch.ticks.append(
                TickRecord(
                    symbol: symbol, at: at, source: "s", key: "\(key)", number: 1, price: "\(key + 5)"))
        }
        batch.moves = [0, 1]
        batch.prices = [PriceRecord(symbol: "BTC", price: "5", confidence: "high", at: at, source: "s")]
        #expect(try await prices.append(batch).watched == 0)
        let alert = try #require(
            AlertStoreTests.made(try await alerts.make(AlertStoreTests.alert(), limit: 9)))
        #expect(alert.armedSeq == 1)
        #expect(try await prices.append(batch).watched == 1)
        let off = try await alerts.change(alert.id, of: AlertStoreTests.ann) { $0.isActive = false }
        #expect(off?.isActive == false && off?.armedSeq == 1)
        #expect(try await alerts.log([AlertStoreTests.value("7")]) == 0)
        let stretch = try await alerts.stretch(after: 0, limit: 9)
        let entries = stretch.entries
        #expect(stretch.evaluated == 0 && entries.map(\.seq) == [1, 2, 3])
        #expect(entries.map(\.alert) == [alert.id, nil, alert.id])
        #expect(entries.map(\.value) == ["5", "5", "5"])
        let on = try await alerts.change(alert.id, of: AlertStoreTests.ann) { $0.isActive = true }
        #expect(on?.armedSeq == 4)
        let noted = try await alerts.change(alert.id, of: AlertStoreTests.ann) { $0.note = "other" }
        #expect(noted?.armedSeq == 4 && noted?.note == "other")
        #expect(try await alerts.change("none", of: AlertStoreTests.ann) { $0.note = "x" } == nil)
    }

    @Test("what was found is kept once, while the alert is as it was", arguments: StoreDriver.allCases)
    func findings(on driver: StoreDriver) async throws {
        let alerts = AlertRepository(database: try await TestStore.open(on: driver).database)
        var made: [StoredAlert] = []
        for repetition in ["once", "on_crossing", "on_crossing", "on_crossing"] {
            let making = try await alerts.make(AlertStoreTests.alert(repetition: repetition), limit: 9)
            made.append(try #require(AlertStoreTests.made(making)))
        }
        // Places 1 to 4 are theirs; the value has 5.
        #expect(try await alerts.log([AlertStoreTests.value("11")]) == 1)
        _ = try await alerts.change(made[2].id, of: AlertStoreTests.ann) { $0.value = "12" }
        _ = try await alerts.delete(made[3].id, of: AlertStoreTests.ann)
        let at = Timestamp(milliseconds: 1000)
        let findings = AlertRepository.Findings(
            from: 0, to: 5, values: [AlertStoreTests.price: (value: "11", seq: 5)],
            firings: made.map { AlertFiring(alert: $0.id, seq: 5, value: "11", at: at) })
        let told = Mutex<[String]>([])
        let fired = try await alerts.keep(findings) { (fired, _) async throws(StorageError) in
            told.withLock { $0 = fired.map { "\($0.0.id) \($0.1.value)" } }
        }
        #expect(fired?.map(\.id) == [made[0].id, made[1].id])
        #expect(fired?.map(\.isActive) == [false, true])
        #expect(fired?.allSatisfy { $0.triggerCount == 1 && $0.lastTriggeredAt == at } == true)
        #expect(told.withLock { $0 } == ["\(made[0].id) 11", "\(made[1].id) 11"])
        #expect(try await alerts.keep(findings) { (_, _) async throws(StorageError) in } == nil)
        let left = try await alerts.stretch(after: 0, limit: 9)
        #expect(left.entries.map(\.seq) == [6, 7] && left.evaluated == 5)
        let begun = Mutex<(Int64, [String])>((0, []))
        let loaded = Mutex<[String]>([])
        try await alerts.load(
            begin: { position, values in begun.withLock { $0 = (position, values.map(\.value)) } },
            take: { some in loaded.withLock { $0 += some.map(\.id) } })
        #expect(begun.withLock { $0.0 } == 5 && begun.withLock { $0.1 } == ["11"])
        #expect(loaded.withLock { $0 } == [made[1].id, made[2].id])
    }
}
