import Achievements
import JSON
import TestRandom
import Testing

/// Rules by hand, over the whole history each time: what the incremental ones must agree with.
private struct History {
    var events: [ProgressEvent] = []

    /// Whether a condition was met after any of the events.
    func wasMet(_ word: String, _ condition: JSONValue) -> Bool {
        events.indices.contains { isMet(word, condition, Array(events[...$0])) }
    }

    private func isMet(_ word: String, _ condition: JSONValue, _ events: [ProgressEvent]) -> Bool {
        var events = events.filter { $0.kind == condition["kind"]?.string }
        if let wanted = condition["where"]?["c"]?.string {
            events = events.filter { $0.data["c"]?.string == wanted }
        }
        if word == "streak" { return streak(events) >= condition["days"]?.integer ?? 0 }
        // What has no number is not in the window's count of steps either.
        if word != "count" { events = events.filter { $0.data["n"] != nil } }
        if let window = condition["within_ms"]?.integer, let newest = events.map({ step($0, window) }).max() {
            events = events.filter { step($0, window) > newest - 100 }
        }
        let wanted = condition["at_least"]?.integer ?? 0
        let numbers = events.compactMap { $0.data["n"]?.integer }
        switch word {
        case "count": return events.count >= wanted
        case "sum": return !numbers.isEmpty && numbers.reduce(0, +) >= wanted
        case "distinct": return Set(numbers).count >= wanted
        default: return numbers.contains { $0 >= wanted }
        }
    }

    private func step(_ event: ProgressEvent, _ window: Int64) -> Int64 {
        let width = window / 100
        return (event.at.milliseconds - (event.at.milliseconds % width + width) % width) / width
    }

    private func streak(_ events: [ProgressEvent]) -> Int64 {
        var (days, last, lastDay) = (Int64(0), Int64.min, Int64.min)
        for event in events where event.at.milliseconds >= last {
            let at = event.at.milliseconds
            if days == 0 || at - last > 172_800_000 {
                (days, lastDay) = (1, event.day)
            } else if event.day > lastDay {
                (days, lastDay) = (days + 1, event.day)
            }
            last = at
        }
        return days
    }
}

@Suite("Rules, event by event and all at once") struct RulePropertyTests {
    private static let words = ["count", "sum", "distinct", "streak", "threshold"]

    private func condition(_ word: String, _ random: inout SeededRandom) -> String {
        var members = ["\"kind\": \"\(["a", "b"].randomElement(using: &random) ?? "a")\""]
        if word != "count", word != "streak" { members.append("\"field\": \"n\"") }
        if Bool.random(using: &random) { members.append("\"where\": {\"c\": \"x\"}") }
        members.append(
            "\"\(word == "streak" ? "days" : "at_least")\": \(Int.random(in: 1...6, using: &random))")
        if word != "streak", word != "threshold", Bool.random(using: &random) {
            members.append(
                "\"within_ms\": \([1000, 100_000, 86_400_000].randomElement(using: &random) ?? 1000)")
        }
        return "{\(members.joined(separator: ", "))}"
    }

    private func events(_ random: inout SeededRandom) throws -> [ProgressEvent] {
        let pace = [300, 20_000, 40_000_000].randomElement(using: &random) ?? 300
        var now: Int64 = 1_000_000_000
        return try (0..<30).map { _ in
            now += Int64.random(in: 0...Int64(pace), using: &random)
            // Some are told late.
            let at = now - (Int.random(in: 0..<4, using: &random) == 0 ? Int64(pace) * 2 : 0)
            let number = Int.random(in: 0..<5, using: &random)
            let text = ["x", "y"].randomElement(using: &random) ?? "x"
            return try event(
                ["a", "b"].randomElement(using: &random) ?? "a", at: at,
                number == 0 ? "{\"c\": \"\(text)\"}" : "{\"n\": \(number - 1), \"c\": \"\(text)\"}")
        }
    }

    @Test(
        "progress that is kept and read again agrees with the whole history, at every event",
        arguments: 0..<400)
    func agrees(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let parts = (0..<3).map { _ in
            let word = RulePropertyTests.words.randomElement(using: &random) ?? "count"
            return (word: word, text: condition(word, &random))
        }
        let json = parts.map { "{\"\($0.word)\": \($0.text)}" }
        let rule = try rule("{\"all\": [\(json[0]), {\"any\": [\(json[1]), \(json[2])]}]}")
        let conditions = try parts.map { try JSONValue(parsing: $0.text) }
        var history = History()
        var progress = RuleProgress(of: rule)
        for event in try events(&random) {
            history.events.append(event)
            _ = progress.take(event, rule)
            let met = zip(parts, conditions).map { history.wasMet($0.word, $1) }
            #expect(progress.isMet(rule) == (met[0] && (met[1] || met[2])), "seed \(seed): \(json)")
            progress = try #require(RuleProgress(progress.text, of: rule))
        }
    }

    @Test("what is kept stays small, whatever happens")
    func bounded() throws {
        let rule = try rule(
            """
            {"all": [{"count": {"kind": "e", "at_least": 1000000, "within_ms": 1000}},
                {"distinct": {"kind": "e", "field": "n", "at_least": 256, "within_ms": 1000}},
                {"sum": {"kind": "e", "field": "n", "at_least": "999999999999999999", "within_ms": 3600000}}]}
            """)
        var progress = RuleProgress(of: rule)
        for number in 0..<3000 {
            _ = progress.take(try event(at: Int64(number * 7), "{\"n\": \(number)}"), rule)
        }
        #expect(progress.text.utf8.count < 16_384)
        #expect(RuleProgress(progress.text, of: rule) == progress)
    }
}
