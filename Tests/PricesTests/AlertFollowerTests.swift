import Bytes
import Decimals
import StoreTesting
import Synchronization
import TestRandom
import Testing

@testable import Prices
@testable import Storage

@Suite("Alerts by the log equal their rules (B6)")
struct AlertFollowerTests {
    private static let person = PersonKey(user: "ann")
    private static let symbols = ["A", "B"]

    /// The counts that were told of each alert.
    private final class Told: Sendable {
        let counts = Mutex<[String: [Int64]]>([:])
    }

    /// What is done to a store beside what the rules say of it.
    private final class World {
        let alerts: AlertRepository
        let prices: PriceRepository
        let told = Told()
        var naive = NaiveAlerts()
        var expected: [String: Int64] = [:]
        var stored: [String: StoredAlert] = [:]
        /// One goes on; the other begins anew now and then, and both believe that it is theirs to do.
        var followers: [AlertFollower] = []
        var now: Int64 = 1_763_712_000_000

        init(_ database: any Database) {
            alerts = AlertRepository(database: database)
            prices = PriceRepository(database: database)
        }

        func follower() async throws -> AlertFollower {
            try await AlertFollower(alerts) { [told] (fired, _) async throws(StorageError) in
                told.counts.withLock { told in
                    for (alert, _) in fired { told[alert.id, default: []].append(alert.triggerCount) }
                }
            }
        }

        /// Evaluates all that the log has, by whichever follower is first.
        func follow(_ random: inout SeededRandom) async throws {
            if followers.isEmpty || random.next() % 4 == 0 { followers.append(try await follower()) }
            if followers.count > 3 { followers.removeFirst() }
            for follower in followers.shuffled(using: &random) {
                if try await !follower.follow({ _, _ in }) { followers.removeAll { $0 === follower } }
            }
        }

        func make(_ random: inout SeededRandom) async throws {
            let comparison = AlertOperator.allCases.randomElement(using: &random) ?? .above
            let repetition = ["once", "on_crossing", "while_true"].randomElement(using: &random) ?? "once"
            let alert = StoredAlert(
                of: AlertFollowerTests.person,
                topic: AlertTopic(
                    kind: "price", subject: AlertFollowerTests.symbols.randomElement(using: &random) ?? "A"),
                comparison: comparison.sign, value: "\(Int.random(in: 1...6, using: &random))",
                repetition: repetition, cooldown: [0, 0, 2, 5].randomElement(using: &random) ?? 0, note: "")
            guard case .made(let made) = try await alerts.make(alert, limit: 1000) else { return }
            put(made)
        }

        func change(_ random: inout SeededRandom) async throws {
            guard let id = stored.keys.sorted().randomElement(using: &random) else { return }
            switch random.next() % 4 {
            case 0:
                #expect(try await alerts.delete(id, of: AlertFollowerTests.person))
                take(id)
                stored[id] = nil
            case 1:
                let value = "\(Int.random(in: 1...6, using: &random))"
                let changed = try await alerts.change(id, of: AlertFollowerTests.person) { $0.value = value }
                guard let changed, changed.value != stored[id]?.value else { return }
                put(changed)
            case 2:
                let changed = try await alerts.change(id, of: AlertFollowerTests.person) { $0.note += "x" }
                #expect(changed != nil)
            default:
                let wasActive = stored[id]?.isActive == true
                let changed = try await alerts.change(id, of: AlertFollowerTests.person) {
                    $0.isActive = !wasActive
                }
                guard let changed else { return }
                if wasActive { take(id) } else { put(changed) }
                stored[id] = changed
            }
        }

        /// By the rules: an alert that is new, or whose condition is, is armed.
        private func put(_ alert: StoredAlert) {
            take(alert.id)
            stored[alert.id] = alert
            guard alert.isActive, let new = Alert(alert, isArmed: { _, _ in true }) else { return }
            naive.insert(new)
        }

        private func take(_ id: String) { if let id = AlertID(id) { naive.remove(id) } }

        func tell(_ random: inout SeededRandom) async throws {
            var batch = PriceBatch()
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                now += Int64.random(in: 0...2, using: &random)
                let symbol = AlertFollowerTests.symbols.randomElement(using: &random) ?? "A"
                let price = Int.random(in: 1...6, using: &random)
                batch.moves.append(batch.ticks.count)
                let at = Timestamp(milliseconds: now)
                batch.ticks.append(
                    TickRecord(
                        symbol: symbol, at: at, source: "s", key: "\(random.next())", number: 1,
                        price: "\(price)"))
                batch.prices.removeAll { $0.symbol == symbol }
                batch.prices.append(
                    PriceRecord(symbol: symbol, price: "\(price)", confidence: "high", at: at, source: "s"))
                evaluate(symbol, price)
            }
            try await prices.append(batch)
        }

        private func evaluate(_ symbol: String, _ price: Int) {
            guard let symbol = Symbol(symbol), let value = try? ExactDecimal(Int64(price)) else { return }
            for (id, _) in naive.evaluate(.price(symbol), value, at: now) {
                expected[id.text, default: 0] += 1
                if stored[id.text]?.repetition == "once" {
                    naive.remove(id)
                    stored[id.text]?.isActive = false
                }
            }
            // A change reads the store's counts.
            for id in stored.keys { stored[id]?.triggerCount = expected[id] ?? 0 }
        }
    }

    @Test(
        "a follower whose log another one has evaluated is of no more use, also where nothing is in the log since"
    )
    func overtaken() async throws {
        let world = World(try await TestStore.open().database)
        var random = SeededRandom(seed: 1)
        let (first, second) = (try await world.follower(), try await world.follower())
        try await world.make(&random)
        // The second one ends behind this, as a process whose Redis was away for a moment: the log is empty.
        #expect(try await second.follow { _, _ in } && second.count == 1)
        #expect(try await !first.follow { _, _ in })
        let next = try await world.follower()
        #expect(try await next.follow { _, _ in } && next.count == 1)
    }

    @Test("whatever is made, changed, told and killed, each value counts once", arguments: 0..<12)
    func equal(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let world = World(try await TestStore.open().database)
        for _ in 0..<120 {
            switch random.next() % 10 {
            case 0..<2: try await world.make(&random)
            case 2..<4:
                // What its owner changes right behind a value may fire or not: see Decision 14.
                try await world.follow(&random)
                try await world.change(&random)
            case 4..<9: try await world.tell(&random)
            default: try await world.follow(&random)
            }
        }
        try await world.follow(&random)
        let told = world.told.counts.withLock { $0 }
        #expect(told.mapValues(\.count).mapValues(Int64.init) == world.expected)
        #expect(told.values.allSatisfy { $0 == Array(1...Int64($0.count)) })
    }
}
