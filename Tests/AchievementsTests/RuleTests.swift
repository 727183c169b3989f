import Achievements
import JSON
import Testing

@Suite("Rules of achievements (A11)") struct RuleTests {
    private func isMet(_ json: String, _ events: [ProgressEvent]) throws -> Bool {
        let rule = try rule(json)
        var progress = RuleProgress(of: rule)
        for event in events { _ = progress.take(event, rule) }
        return progress.isMet(rule)
    }

    @Test("a count of events")
    func count() throws {
        let json = #"{"count": {"kind": "e", "at_least": 3}}"#
        #expect(try !isMet(json, [event(), event(), event("other")]))
        #expect(try isMet(json, [event(), event(), event()]))
    }

    @Test("a sum is exact, and what is no number does not count")
    func sum() throws {
        let json = #"{"sum": {"kind": "e", "field": "p.x", "at_least": "0.3"}}"#
        let parts = [#"{"p": {"x": 0.1}}"#, #"{"p": {"x": "0.2"}}"#]
        #expect(try isMet(json, parts.map { try event("e", $0) }))
        #expect(
            try !isMet(json, [event("e", parts[0]), event("e", #"{"p": {"x": true}}"#), event("e", "{}")]))
    }

    @Test("different values of a field")
    func distinct() throws {
        let json = #"{"distinct": {"kind": "e", "field": "room", "at_least": 2}}"#
        #expect(try !isMet(json, [event(room: "a"), event(room: "a"), event()]))
        #expect(try isMet(json, [event(room: "a"), event(room: "b")]))
    }

    @Test("a field of one event within bounds")
    func threshold() throws {
        let json = #"{"threshold": {"kind": "e", "field": "score", "at_least": 90, "at_most": "100"}}"#
        #expect(try !isMet(json, [event("e", #"{"score": 89.99}"#), event("e", #"{"score": 101}"#)]))
        #expect(try isMet(json, [event("e", #"{"score": 90}"#)]))
    }

    @Test("days in a row")
    func streak() throws {
        let json = #"{"streak": {"kind": "e", "days": 3}}"#
        #expect(try isMet(json, [event(at: 0), event(at: day), event(at: 2 * day)]))
        #expect(try !isMet(json, [event(at: 0), event(at: day), event(at: 3 * day + 1), event(at: 4 * day)]))
    }

    @Test("a window slides by hundredths of its length")
    func window() throws {
        let json = #"{"count": {"kind": "e", "at_least": 2, "within_ms": 100000}}"#
        #expect(try isMet(json, [event(at: 0), event(at: 99_999)]))
        #expect(try !isMet(json, [event(at: 0), event(at: 100_000)]))
        #expect(try isMet(json, [event(at: 0), event(at: 100_000), event(at: 150_000)]))
        // One that is told late still counts where it lies in the window.
        #expect(try isMet(json, [event(at: 100_000), event(at: 50_000)]))
        #expect(try !isMet(json, [event(at: 100_000), event(at: 0)]))
    }

    @Test("only events whose fields are as wanted")
    func filter() throws {
        let json =
            #"{"count": {"kind": "e", "at_least": 1, "where": {"a": ["x", 2], "n": {"at_least": 5}, "ok": true}}}"#
        #expect(try isMet(json, [event("e", #"{"a": 2.0, "n": "7", "ok": true}"#)]))
        for data in [
            #"{"a": "y", "n": 7, "ok": true}"#, #"{"a": "x", "n": 4.9, "ok": true}"#,
            #"{"a": "x", "n": 7, "ok": false}"#,
            #"{"a": "x", "n": 7}"#,
        ] { #expect(try !isMet(json, [event("e", data)])) }
    }

    @Test("conditions combine, and one that was met stays met")
    func combined() throws {
        let json = """
            {"all": [{"count": {"kind": "a", "at_least": 2, "within_ms": 1000}},
                {"any": [{"count": {"kind": "b", "at_least": 1}}, {"count": {"kind": "c", "at_least": 1}}]}]}
            """
        #expect(try !isMet(json, [event("a"), event("a")]))
        #expect(try isMet(json, [event("a"), event("a"), event("c", at: 50_000)]))
    }

    @Test(
        "what is wrong is named by its place",
        arguments: [
            ("[]", "$"), (#"{"all": [], "any": []}"#, "$"), (#"{"all": []}"#, "$.all"),
            (#"{"sun": {}}"#, "$"),
            (
                #"{"all": [{"count": {"kind": "a", "at_least": 1}}, {"count": {"kind": "a"}}]}"#,
                "$.all[1].count.at_least"
            ),
            (#"{"count": {"kind": "A", "at_least": 1}}"#, "$.count.kind"),
            (#"{"count": {"kind": "a", "at_least": 1, "within": 1}}"#, "$.count.within"),
            (#"{"count": {"kind": "a", "at_least": 1, "within_ms": 1}}"#, "$.count.within_ms"),
            (#"{"count": {"kind": "a", "at_least": 1, "where": {"x": []}}}"#, "$.count.where.x"),
            (#"{"count": {"kind": "a", "at_least": 1, "where": {"x": {"above": 1}}}}"#, "$.count.where.x"),
            (#"{"sum": {"kind": "a", "field": "x..y", "at_least": 1}}"#, "$.sum.field"),
            (#"{"sum": {"kind": "a", "field": "x", "at_least": "1e99"}}"#, "$.sum.at_least"),
            (#"{"threshold": {"kind": "a", "field": "x"}}"#, "$.threshold"),
            (#"{"streak": {"kind": "a", "days": 0}}"#, "$.streak.days"),
            (#"{"all":[{"all":[{"all":[{"all":[{"count":{}}]}]}]}]}"#, "$.all[0].all[0].all[0].all"),
        ])
    func faults(json: String, place: String) throws {
        let error = #expect(throws: RuleError.self) { _ = try rule(json) }
        #expect(error?.place == place)
    }

    @Test("a rule is bounded")
    func bounds() throws {
        let leaf = #"{"count": {"kind": "a", "at_least": 1}}"#
        let many = { (count: Int) in
            "{\"any\": [\(Array(repeating: leaf, count: count).joined(separator: ","))]}"
        }
        _ = try rule(many(16))
        #expect(throws: RuleError.self) { _ = try rule(many(17)) }
        let long = String(repeating: "x", count: 8192)
        #expect(throws: RuleError.self) {
            _ = try rule("{\"count\": {\"kind\": \"a\", \"at_least\": 1, \"where\": {\"x\": \"\(long)\"}}}")
        }
    }

    @Test("progress is told in what is there of what is wanted")
    func measure() throws {
        let rule = try rule(#"{"sum": {"kind": "e", "field": "x", "at_least": 10}}"#)
        var progress = RuleProgress(of: rule)
        _ = progress.take(try event("e", #"{"x": 2.5}"#), rule)
        #expect(progress.measure(rule) == ("2.5", "10"))
        _ = progress.take(try event("e", #"{"x": 20}"#), rule)
        #expect(progress.measure(rule) == ("10", "10"))
    }
}
