import Testing

@testable import Achievements

@Suite("What a badge is for, in words") struct DeedTests {
    @Test(
        "says what was done",
        arguments: [
            (#"{"count": {"kind": "message_sent", "at_least": 1}}"#, "the first message"),
            (
                #"{"count": {"kind": "message_sent", "at_least": 10, "within_ms": 86400000}}"#,
                "10 messages in one day"
            ),
            (
                #"{"count": {"kind": "reaction_added", "at_least": 5, "within_ms": 1209600000}}"#,
                "5 reactions in 2 weeks"
            ),
            (
                #"{"count": {"kind": "room_joined", "at_least": 3, "within_ms": 5400000}}"#,
                "3 rooms joined in 90 minutes"
            ),
            (
                #"{"distinct": {"kind": "message_sent", "field": "room", "at_least": 3}}"#,
                "messages in 3 rooms"
            ),
            (#"{"streak": {"kind": "message_sent", "days": 7}}"#, "messages on 7 days in a row"),
            (
                #"""
                {"all": [{"count": {"kind": "message_sent", "at_least": 100}},
                         {"distinct": {"kind": "reaction_added", "field": "emoji", "at_least": 5}}]}
                """#, "100 messages and 5 different reactions"
            ),
        ])
    func deed(rule json: String, words: String) throws {
        #expect(try rule(json).deed == words)
    }

    @Test(
        "a rule that is longer than its words has none: the description stands in",
        arguments: [
            #"{"count": {"kind": "quiz_passed", "at_least": 1}}"#,
            #"{"sum": {"kind": "message_sent", "field": "x", "at_least": 3}}"#,
            #"{"count": {"kind": "message_sent", "at_least": 2, "where": {"reply": true}}}"#,
            #"{"any": [{"count": {"kind": "message_sent", "at_least": 2}}, {"count": {"kind": "room_joined", "at_least": 2}}]}"#,
        ])
    func withoutWords(rule json: String) throws {
        let parsed = try rule(json)
        #expect(parsed.deed == nil)
        func achievement(_ description: String) -> Achievement {
            let form = AchievementForm(name: "A", description: description, experience: 1, rarity: .common)
            return Achievement(id: "a", version: 1, isActive: true, form: form, rule: parsed)
        }
        #expect(achievement("Pass a quiz.").deed == "Done: Pass a quiz.")
        #expect(achievement("").deed.isEmpty)
    }
}
