import Bytes
import Decimals
import TestRandom
import Testing

@testable import Prices

@Suite("Alerts equal their rules") struct AlertPropertyTests {
    private enum Operation {
        case insert(Alert)
        case load([Alert])
        case remove(UInt64)
        case value(AlertSubject, ExactDecimal, Int64)
        /// Everything is written down and read again, with the last values or without.
        case restart(withValues: Bool)
    }

    private static let idLimit: UInt64 = 600

    private static let subjects: [AlertSubject] = ["A", "B"].compactMap(Symbol.init(_:)).flatMap {
        [.price($0), .riskScore($0)]
    }

    private static func alert(_ random: inout SeededRandom, range: Int32) -> Alert {
        let comparison = AlertOperator.allCases.randomElement(using: &random) ?? .above
        let value = ExactDecimal(integerLiteral: Int32.random(in: 0...range, using: &random))
        let isNew = Int.random(in: 0..<4, using: &random) > 0
        let state = AlertState(
            isArmed: isNew || comparison == .crosses || Bool.random(using: &random),
            lastTriggered: isNew ? nil : moment(Int64.random(in: 0...20, using: &random)),
            triggerCount: isNew ? 0 : 3)
        return Alert(
            AlertID(bits: UInt128(random.next() % idLimit)),
            subjects.randomElement(using: &random) ?? subjects[0],
            AlertCondition(comparison, value), repeatsWhileTrue: Bool.random(using: &random),
            cooldown: [0, 0, 1, 3, 10].randomElement(using: &random) ?? 0, state: state)
    }

    private static func operations(_ random: inout SeededRandom) -> [Operation] {
        let range = Int32([4, 30, 1000].randomElement(using: &random) ?? 4)
        var now: Int64 = 0
        return (0..<200).map { _ in
            switch random.next() % 20 {
            case 0..<6: return .insert(alert(&random, range: range))
            case 6: return .load((0..<Int(random.next() % 100)).map { _ in alert(&random, range: range) })
            case 7..<10: return .remove(random.next() % idLimit)
            case 10: return .restart(withValues: random.next() % 3 > 0)
            default:
                now += Int64.random(in: 0...3, using: &random)
                let value = ExactDecimal(integerLiteral: Int32.random(in: 0...range, using: &random))
                return .value(subjects.randomElement(using: &random) ?? subjects[0], value, now)
            }
        }
    }

    private static func problem(_ operations: [Operation]) -> String? {
        var index = AlertIndex()
        var naive = NaiveAlerts()
        for operation in operations {
            switch operation {
            case .insert(let alert):
                index.insert(alert)
                naive.insert(alert)
            case .load(let alerts):
                index.load(alerts)
                for alert in alerts { naive.insert(alert) }
            case .remove(let number):
                let id = AlertID(bits: UInt128(number))
                guard index.remove(id) == naive.alert(id)?.state else { return "another state at removal" }
                naive.remove(id)
            case .restart(let withValues):
                index = restarted(naive, withValues: withValues)
                if !withValues { naive = forgetful(naive) }
            case .value(let subject, let value, let now):
                var fired: [FiredAlert] = []
                index.evaluate(subject, value, at: moment(now), into: &fired)
                let expected = naive.evaluate(subject, value, at: now)
                guard fired.count == expected.count else { return "\(fired) instead of \(expected)" }
                guard fired.allSatisfy({ expected[$0.id] == $0.triggerCount }) else { return "other alerts" }
            }
            guard index.count == naive.ids.count else { return "\(index.count) alerts" }
        }
        for id in naive.ids where index.state(of: id) != naive.alert(id)?.state {
            return "\(String(describing: index.state(of: id))) of \(String(describing: naive.alert(id)))"
        }
        return nil
    }

    private static func restarted(_ naive: NaiveAlerts, withValues: Bool) -> AlertIndex {
        var index = AlertIndex()
        if withValues {
            for (subject, value) in naive.lastValues { index.restore(value, of: subject) }
        }
        // In parts, as a store is read.
        let alerts = naive.ids.compactMap(naive.alert)
        index.loadPart(alerts.prefix(alerts.count / 2))
        index.loadPart(alerts.dropFirst(alerts.count / 2))
        index.endLoad()
        return index
    }

    private static func forgetful(_ naive: NaiveAlerts) -> NaiveAlerts {
        var fresh = NaiveAlerts()
        for alert in naive.ids.compactMap(naive.alert) { fresh.insert(alert) }
        return fresh
    }

    @Test("whatever comes in, out and over: the index fires what the rules say", arguments: 0..<50)
    func equalsNaive(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let operations = Self.operations(&random)
        guard Self.problem(operations) != nil else { return }
        let shortest = await shrunk(operations) { Self.problem($0) != nil }
        Issue.record("\(Self.problem(shortest) ?? ""):\n\(shortest.map { "\($0)" }.joined(separator: "\n"))")
    }

    @Test("many alerts come in, go and come again, in any order")
    func churn() {
        var random = SeededRandom(seed: 77)
        var index = AlertIndex()
        var live: [AlertID] = []
        let subject = Self.subjects[0]
        for round in 0..<6000 {
            if round % 3 < 2 {
                let id = AlertID(bits: UInt128(random.next()))
                let value = ExactDecimal(integerLiteral: Int32.random(in: 1...50, using: &random))
                index.insert(Alert(id, subject, AlertCondition(.atLeast, value)))
                live.append(id)
            } else {
                let position = Int.random(in: 0..<live.count, using: &random)
                live.swapAt(position, live.count - 1)
                #expect(index.remove(live.removeLast()) != nil)
            }
        }
        #expect(index.count == live.count)
        var fired: [FiredAlert] = []
        index.evaluate(subject, 50, at: moment(0), into: &fired)
        #expect(Set(fired.map(\.id)) == Set(live) && fired.count == live.count)
        for id in live { #expect(index.remove(id) != nil) }
        #expect(index.count == 0)
    }
}
