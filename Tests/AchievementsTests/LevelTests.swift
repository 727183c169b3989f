import Achievements
import Bytes
import Testing

@Suite("Levels, streaks, awards (C5)") struct LevelTests {
    @Test(
        "the level is the whole root of a hundredth",
        arguments: [
            (0, 0), (99, 0), (100, 1), (399, 1), (400, 2), (899, 2), (900, 3), (9_999, 9), (10_000, 10),
            (-5, 0),
            (Int64.max, 303_700_049),
        ] as [(Int64, Int64)])
    func level(experience: Int64, level: Int64) {
        #expect(ExperienceLevel(experience).level == level)
    }

    @Test("the next level begins where its square says")
    func next() {
        let level = ExperienceLevel(250)
        #expect(level.next == 400 && level.missing == 150)
        for experience in stride(from: Int64(0), to: 100_000, by: 37) {
            let level = ExperienceLevel(experience)
            #expect(ExperienceLevel(level.next).level == level.level + 1)
            #expect(ExperienceLevel(level.next - 1).level == level.level)
        }
    }

    private func streak(_ moments: [Int64]) -> DailyStreak {
        var streak = DailyStreak()
        for moment in moments {
            streak.count(Timestamp(milliseconds: moment), day: moment.floorDivided(by: day))
        }
        return streak
    }

    @Test(
        "active days count, one each; it is lost after more than 48 hours",
        arguments: [
            ([], 0), ([5], 1), ([5, 6, 7], 1), ([0, day], 2), ([23 * hour, day], 2),
            // Exactly 48 hours keep it, a millisecond more does not.
            ([0, 2 * day], 2), ([0, 2 * day + 1], 1), ([0, day, 3 * day, 5 * day], 4),
            // Told late: nothing changes.
            ([day, 0], 1),
        ] as [([Int64], Int64)])
    func days(moments: [Int64], days: Int64) { #expect(streak(moments).days == days) }

    @Test("it stands until its deadline")
    func deadline() {
        let streak = streak([0, day])
        #expect(streak.deadline == Timestamp(milliseconds: 3 * day))
        #expect(streak.days(at: Timestamp(milliseconds: 3 * day)) == 2)
        #expect(streak.days(at: Timestamp(milliseconds: 3 * day + 1)) == 0)
    }

    @Test("from the seventh day an award is half as much again, rounded half up")
    func bonus() {
        let six = streak((0..<6).map { $0 * day })
        let seven = streak((0..<7).map { $0 * day })
        #expect([25, 50, 100, 200].map(six.award) == [25, 50, 100, 200])
        #expect([25, 50, 100, 200].map(seven.award) == [38, 75, 150, 300])
        #expect(ChallengeDifficulty.allCases.map(\.experience) == [25, 50, 100, 200])
    }

    @Test("a day that comes again by moving west counts once")
    func moving() {
        var streak = DailyStreak()
        streak.count(Timestamp(milliseconds: 0), day: 10)
        streak.count(Timestamp(milliseconds: hour), day: 9)
        streak.count(Timestamp(milliseconds: 2 * hour), day: 10)
        #expect(streak.days == 1)
        streak.count(Timestamp(milliseconds: 3 * hour), day: 11)
        #expect(streak.days == 2)
    }
}
