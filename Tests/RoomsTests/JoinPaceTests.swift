import Testing

@testable import Rooms

/// What a crowd that comes back may take from those who talk (issue 6, section 3).
@Suite("The pace of joins")
struct JoinPaceTests {
    private static let millisecond: Int64 = 1_000_000

    /// A pace that knows what a join costs when nothing is in its way: a quarter of a millisecond.
    private func settled() -> JoinPace {
        var pace = JoinPace()
        _ = pace.finished(joins: 32, events: 0, after: 8 * JoinPaceTests.millisecond, now: 1)
        return pace
    }

    @Test("a store that is quick gets full batches, two at a time, and no pause")
    func quick() {
        var pace = settled()
        for turn in 0..<100 {
            let rest = pace.finished(
                joins: 32, events: 0, after: 9 * JoinPaceTests.millisecond, now: Int64(turn))
            #expect(rest == 0)
        }
        #expect(pace.batch == JoinPace.fullBatch)
        #expect(pace.readings == 2)
    }

    @Test("where joins take a multiple, batches shrink to the least and as long as one took nothing is asked")
    func congested() {
        var pace = settled()
        var rests: [Int64] = []
        for _ in 0..<5 {
            let took = Int64(pace.batch) * 2 * JoinPaceTests.millisecond
            rests.append(pace.finished(joins: pace.batch, events: 0, after: took, now: 2))
        }
        #expect(rests == [64, 32, 16, 8, 8].map { $0 * JoinPaceTests.millisecond })
        #expect(pace.batch == JoinPace.leastBatch)
        #expect(pace.readings == 1)
    }

    @Test("full speed comes back when nothing is short any more")
    func recovers() {
        var pace = settled()
        for _ in 0..<4 { _ = pace.finished(joins: 32, events: 0, after: 200_000_000, now: 2) }
        for _ in 0..<20 { _ = pace.finished(joins: 4, events: 0, after: 1_200_000, now: 3) }
        #expect(pace.batch == JoinPace.fullBatch)
    }

    @Test("the pause has a bound, and what is quicker than anybody notices is no congestion")
    func bounds() {
        var pace = settled()
        #expect(
            pace.finished(joins: 32, events: 0, after: 60_000_000_000, now: 2) == JoinPace.longestRest)
        var quick = JoinPace()
        _ = quick.finished(joins: 32, events: 0, after: 100_000, now: 1)
        #expect(quick.finished(joins: 1, events: 0, after: JoinPace.unnoticed, now: 2) == 0)
    }

    @Test("much that was missed takes long without being congestion")
    func replays() {
        var pace = settled()
        let rest = pace.finished(
            joins: 8, events: 8000, after: 80 * JoinPaceTests.millisecond, now: 2)
        #expect(rest == 0)
    }

    @Test("a store that has become slow for good is a slow store after two windows at the latest")
    func slow() {
        var pace = settled()
        var now: Int64 = 1
        var rest: Int64 = 1
        while rest > 0, now < 3 * JoinPace.window {
            now += JoinPace.window / 10
            rest = pace.finished(
                joins: pace.batch, events: 0, after: Int64(pace.batch) * 5 * JoinPaceTests.millisecond,
                now: now)
        }
        #expect(rest == 0)
        #expect(now <= 2 * JoinPace.window + JoinPace.window / 5)
    }
}
