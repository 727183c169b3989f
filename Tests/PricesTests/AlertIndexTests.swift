import Bytes
import Decimals
import Prices
import Testing

@Suite("Alerts") struct AlertIndexTests {
    private let subject: AlertSubject

    init() throws { subject = .price(try symbol("BTC-USD")) }

    private func alert(
        _ number: UInt128, _ sign: String, _ value: String, repeats: Bool = false, cooldown: Int64 = 0,
        state: AlertState = AlertState()
    ) throws -> Alert {
        let condition = AlertCondition(try #require(AlertOperator(sign)), try decimal(value))
        return Alert(
            AlertID(bits: number), subject, condition, repeatsWhileTrue: repeats, cooldown: cooldown,
            state: state)
    }

    /// Which of the values fire, each a second after the one before.
    private func firings(_ index: inout AlertIndex, _ values: [String], every: Int64 = 1000) throws -> [Bool]
    {
        try values.enumerated().map { number, value in
            var fired: [FiredAlert] = []
            index.evaluate(subject, try decimal(value), at: moment(Int64(number) * every), into: &fired)
            #expect(fired.count <= 1)
            return !fired.isEmpty
        }
    }

    @Test(
        "a condition fires when it becomes true, the first value included, and re-arms when it is false (B6)",
        arguments: [
            (">=", ["9.9", "10", "11", "10", "9", "10"], [false, true, false, false, false, true]),
            (">", ["10", "10.000000000000000001", "11", "10", "11"], [false, true, false, false, true]),
            ("<=", ["10.1", "10", "9", "10", "11", "10"], [false, true, false, false, false, true]),
            ("<", ["10", "9.999999999999999999", "9", "10", "9"], [false, true, false, false, true]),
            (">=", ["10", "10"], [true, false]), ("<=", ["9", "9"], [true, false]),
            (">", ["11", "11"], [true, false]), ("<", ["9", "9"], [true, false]),
        ])
    func becomesTrue(sign: String, values: [String], expected: [Bool]) throws {
        var index = AlertIndex()
        index.insert(try alert(1, sign, "10"))
        #expect(try firings(&index, values) == expected)
    }

    @Test(
        "crosses: from strictly below to at or above, or from strictly above to at or below; never at first (B6)",
        arguments: [
            (["10"], [false]), (["11", "12"], [false, false]), (["9", "10"], [false, true]),
            (["9", "11", "9"], [false, true, true]), (["11", "10"], [false, true]),
            (["9", "10", "11"], [false, true, false]), (["9", "10", "9"], [false, true, false]),
            (["10", "11", "10", "9"], [false, false, true, false]),
            (["9", "10", "10"], [false, true, false]),
        ])
    func crosses(values: [String], expected: [Bool]) throws {
        var index = AlertIndex()
        index.insert(try alert(1, "crosses", "10", repeats: true))
        #expect(try firings(&index, values) == expected)
    }

    @Test("repeating while true fires at each tick when the cooldown is over, its very end included (B6)")
    func repeatsWhileTrue() throws {
        var index = AlertIndex()
        index.insert(try alert(1, ">=", "10", repeats: true, cooldown: 2000))
        #expect(
            try firings(&index, ["10", "11", "11", "11", "11", "9", "11"])
                == [true, false, true, false, true, false, true])
        var late = AlertIndex()
        late.insert(try alert(1, ">=", "10", repeats: true, cooldown: 2001))
        #expect(try firings(&late, ["10", "11", "11", "11"]) == [true, false, false, true])
        var always = AlertIndex()
        always.insert(try alert(1, ">=", "10", repeats: true))
        #expect(try firings(&always, ["10", "11", "9", "10"]) == [true, true, false, true])
    }

    @Test("what becomes true within the cooldown is passed over, or made up for where the alert repeats")
    func cooldown() throws {
        var once = AlertIndex()
        once.insert(try alert(1, ">=", "10", cooldown: 3000))
        #expect(
            try firings(&once, ["10", "9", "10", "10", "9", "10"])
                == [true, false, false, false, false, true])
        var repeating = AlertIndex()
        repeating.insert(try alert(1, ">=", "10", repeats: true, cooldown: 3000))
        #expect(try firings(&repeating, ["10", "9", "10", "10"]) == [true, false, false, true])
        var crossing = AlertIndex()
        crossing.insert(try alert(1, "crosses", "10", cooldown: 2000))
        #expect(try firings(&crossing, ["9", "11", "9", "11"]) == [false, true, false, true])
    }

    @Test("an alert made between two values fires at the next that finds it true, and crosses from the last")
    func madeLater() throws {
        var index = AlertIndex()
        #expect(try firings(&index, ["9"]) == [false])
        index.insert(try alert(1, "<=", "10"))
        #expect(try firings(&index, ["9"]) == [true])
        index.remove(AlertID(bits: 1))
        index.insert(try alert(2, "crosses", "10"))
        #expect(try firings(&index, ["11"]) == [true])
    }

    @Test("state outlives a restart: what was true stays silent, what was false is armed")
    func restart() throws {
        var index = AlertIndex()
        index.insert(try alert(1, ">=", "10"))
        #expect(index.state(of: AlertID(bits: 1)) == AlertState())
        #expect(try firings(&index, ["11"]) == [true])
        let state = try #require(index.state(of: AlertID(bits: 1)))
        #expect(state == AlertState(isArmed: false, lastTriggered: moment(0), triggerCount: 1))
        let value = try #require(index.lastValue(of: subject))
        #expect(index.lastValues.map(\.value) == [value])

        for isValueKnown in [true, false] {
            var restarted = AlertIndex()
            if isValueKnown { restarted.restore(value, of: subject) }
            restarted.load([try alert(1, ">=", "10", state: state)])
            #expect(restarted.state(of: AlertID(bits: 1)) == state)
            #expect(try firings(&restarted, ["12", "9", "10"]) == [false, false, true])
            #expect(restarted.state(of: AlertID(bits: 1))?.triggerCount == 2)
        }
    }

    @Test("ids are unique, and removed alerts are silent")
    func membership() throws {
        var index = AlertIndex()
        #expect(index.insert(try alert(1, ">=", "10")))
        #expect(!index.insert(try alert(1, "<=", "10")))
        index.load([try alert(1, "<", "10"), try alert(2, "<", "5")])
        #expect(index.count == 2)
        #expect(index.remove(AlertID(bits: 1)) == AlertState())
        #expect(index.remove(AlertID(bits: 1)) == nil)
        #expect(try firings(&index, ["10"]) == [false])
        index.forget(subject)
        #expect(index.lastValue(of: subject) == 10)
        index.remove(AlertID(bits: 2))
        index.forget(subject)
        #expect(index.lastValue(of: subject) == nil)
    }

    @Test("subjects of different kinds do not share values")
    func kinds() throws {
        var index = AlertIndex()
        let btc = try symbol("BTC-USD")
        let condition = AlertCondition(.atLeast, 10)
        let all: [AlertSubject] = [.price(btc), .riskScore(btc), .portfolioValue("BTC-USD")]
        for (number, subject) in all.enumerated() {
            index.insert(Alert(AlertID(bits: UInt128(number)), subject, condition))
        }
        for (number, subject) in all.enumerated() {
            var fired: [FiredAlert] = []
            index.evaluate(subject, 10, at: moment(0), into: &fired)
            #expect(fired.map(\.id) == [AlertID(bits: UInt128(number))])
        }
    }

    @Test("an id reads back from its text")
    func ids() throws {
        let id = Identifier.uuid()
        #expect(try #require(AlertID(id)).text == id)
        #expect(AlertID("not one") == nil)
    }
}
