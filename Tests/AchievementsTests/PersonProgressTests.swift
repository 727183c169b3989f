import Achievements
import Testing

@Suite("A person's progress") struct PersonProgressTests {
    private func achievement(_ id: String, _ json: String, version: Int64 = 1) throws -> Achievement {
        Achievement(
            id: id, version: version, isActive: true,
            form: AchievementForm(name: id, description: "", experience: 10, rarity: .common),
            rule: try rule(json))
    }

    @Test("an achievement is earned once")
    func once() throws {
        let first = try achievement("first", #"{"count": {"kind": "e", "at_least": 1}}"#)
        let catalogue = AchievementCatalogue([first])
        var person = PersonProgress()
        #expect(try person.take(event(), catalogue) == [.achievement(first)])
        #expect(try person.take(event(), catalogue).isEmpty)
        #expect(person.earned == ["first"])
    }

    @Test("another version begins anew, with what comes from then on")
    func versions() throws {
        let json = #"{"count": {"kind": "e", "at_least": 2}}"#
        var person = PersonProgress()
        #expect(try person.take(event(), AchievementCatalogue([achievement("a", json)])).isEmpty)
        let next = AchievementCatalogue([try achievement("a", json, version: 2)])
        #expect(try person.take(event(), next).isEmpty)
        #expect(try person.take(event(), next).count == 1)
    }

    @Test("a challenge gives what it is worth, by the streak with this activity counted")
    func challenges() throws {
        let none = AchievementCatalogue([])
        var person = PersonProgress()
        for number in 0..<6 { _ = person.take(try event(at: Int64(number) * day), none) }
        let completed = try event("challenge_completed", at: 6 * day, #"{"difficulty": "easy"}"#)
        #expect(person.take(completed, none) == [.challenge(.easy, experience: 38)])
        let wrong = try event("challenge_completed", at: 6 * day, #"{"difficulty": "epic"}"#)
        #expect(person.take(wrong, none).isEmpty)
    }
}
