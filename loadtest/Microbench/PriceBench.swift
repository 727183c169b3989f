import Bytes
import Decimals
import Foundation
import Prices
import Reactor

/// Decimals, and ticks among a million alerts.
enum PriceBench {
    private static let count = 20_000
    private static let alertCount = 1_000_000
    private static let price = Array("64000.012345678901234".utf8)

    static func readDecimal() -> Cost {
        Meter.measure(operations: count) {
            for _ in 0..<count { _ = try? ExactDecimal(parsing: price.span) }
        }
    }

    static func writeDecimal() throws -> Cost {
        let number = try ExactDecimal(parsing: price.span)
        var buffer = ByteBuffer(capacity: 64)
        return Meter.measure(operations: count) {
            for _ in 0..<count {
                number.append(to: &buffer)
                buffer.removeAll()
            }
        }
    }

    /// Ticks that fire nothing, of a thousand symbols with a thousand alerts each, every price in its turn up and down.
    static func quietTicks() -> Cost {
        let subjects = subjects
        var index = AlertIndex()
        fill(&index, subjects)
        var fired: [FiredAlert] = []
        var turn: Int64 = 0
        let cost = Meter.measure(operations: subjects.count) {
            turn += 1
            // Thresholds lie above 1000 and below 400, so prices about 500 meet none.
            let value = ExactDecimal(integerLiteral: turn % 2 == 0 ? 500 : 600)
            for subject in subjects {
                index.evaluate(subject, value, at: Timestamp(milliseconds: turn), into: &fired)
            }
        }
        return fired.isEmpty ? cost : Cost(nanoseconds: .infinity, allocations: .infinity)
    }

    /// What a million alerts take in memory, and how long they take to get there.
    ///
    /// - Returns: Nil where the kernel does not tell of our memory.
    static func standing() -> (seconds: Double, bytesEach: Double)? {
        let subjects = subjects
        var index = AlertIndex()
        guard let before = ownBytes() else { return nil }
        let start = MonotonicClock.nanoseconds()
        fill(&index, subjects)
        let seconds = Double(MonotonicClock.nanoseconds() - start) / 1e9
        guard let after = ownBytes() else { return nil }
        var fired: [FiredAlert] = []
        index.evaluate(subjects[0], 500, at: Timestamp(milliseconds: 0), into: &fired)
        return fired.isEmpty ? (seconds, Double(after - before) / Double(alertCount)) : nil
    }

    private static func ownBytes() -> Int? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: "\t").last?.split(separator: " ").first).flatMap { Int($0) }
            .map { $0 * 1024 }
    }

    private static var subjects: [AlertSubject] {
        (0..<1000).compactMap { Symbol("S\($0)-USD") }.map { .price($0) }
    }

    private static func fill(_ index: inout AlertIndex, _ subjects: [AlertSubject]) {
        var state: UInt64 = 7
        for subject in subjects { index.restore(500, of: subject) }
        index.load(
            (0..<alertCount).lazy.map { number in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alert(number, subjects[number % subjects.count], state >> 33)
            })
    }

    /// An alert that is false at 500 and at 600.
    private static func alert(_ number: Int, _ subject: AlertSubject, _ random: UInt64) -> Alert {
        let isUpper = random % 2 == 0
        let operators: [AlertOperator] =
            isUpper ? [.atLeast, .above, .crosses] : [.atMost, .below, .crosses]
        let units = Int128(random % 400_000) * 1_000_000_000_000_000
        let threshold = isUpper ? units + 1000 * ExactDecimal.unitsPerOne : units
        return Alert(
            AlertID(bits: UInt128(random) << 64 | UInt128(number)), subject,
            AlertCondition(operators[number % 3], ExactDecimal(units: threshold) ?? .greatest))
    }
}
