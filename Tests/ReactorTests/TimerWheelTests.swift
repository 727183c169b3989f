import TestRandom
import Testing

@testable import Reactor

@Suite("Timer wheel")
struct TimerWheelTests {
    final class Target: TimerTarget {
        var fired: [UInt8] = []
        func timerFired(kind: UInt8) { fired.append(kind) }
    }

    /// Advances and fires.
    static func advance(_ wheel: inout TimerWheel, to time: Int64) -> Int {
        var due: [(target: any TimerTarget, kind: UInt8)] = []
        wheel.advance(to: time, &due)
        for timer in due { timer.target.timerFired(kind: timer.kind) }
        return due.count
    }

    @Test(
        "a timer fires at the first tick at or after its deadline, never before",
        arguments: [
            10, 15, 2550, 2560, 2570, 163_830, 163_840, 163_850, 10_485_750, 10_485_760, 700_000_000,
        ] as [Int64])
    func deadline(_ after: Int64) {
        var wheel = TimerWheel(now: 12_340)
        let target = Target()
        _ = wheel.start(deadline: 12_340 + after, kind: 7, target: target)
        let tick = (12_340 + after + 9) / 10 * 10
        #expect(TimerWheelTests.advance(&wheel, to: tick - 1) == 0)
        #expect(target.fired.isEmpty)
        #expect(TimerWheelTests.advance(&wheel, to: tick) == 1)
        #expect(target.fired == [7])
        #expect(wheel.count == 0)
    }

    @Test("the next look is never later than the earliest deadline")
    func nextDeadline() throws {
        var random = SeededRandom(seed: 5)
        var wheel = TimerWheel(now: 0)
        let target = Target()
        for _ in 0..<500 {
            let delay = Int64.random(in: 1...400_000, using: &random)
            var fresh = TimerWheel(now: 0)
            _ = fresh.start(deadline: delay, kind: 0, target: target)
            let next = try #require(fresh.nextDeadline())
            #expect(next <= delay + TimerWheel.tickMilliseconds)
            _ = wheel.start(deadline: delay, kind: 0, target: target)
        }
        // Following its own advice, the wheel loses none.
        var fired = 0
        while let next = wheel.nextDeadline() { fired += TimerWheelTests.advance(&wheel, to: next) }
        #expect(fired == 500)
    }

    @Test("random starts, stops and jumps agree with a sorted list")
    func model() {
        var random = SeededRandom(seed: 11)
        var wheel = TimerWheel(now: 0)
        var model: [(id: TimerID, tick: Int64, target: Target)] = []
        var now: Int64 = 0
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let target = Target()
                let delay = Int64.random(
                    in: 0...(1 << Int64.random(in: 1...20, using: &random)), using: &random)
                let deadline = max(now / 10 + 1, (now + delay + 9) / 10)
                let id = wheel.start(deadline: now + delay, kind: 1, target: target)
                model.append((id, deadline, target))
            case 5..<8 where !model.isEmpty:
                let index = Int.random(in: 0..<model.count, using: &random)
                wheel.cancel(model[index].id)
                model.remove(at: index)
            default:
                now += Int64.random(in: 0...(1 << Int64.random(in: 1...17, using: &random)), using: &random)
                _ = TimerWheelTests.advance(&wheel, to: now)
                #expect(model.allSatisfy { ($0.tick * 10 <= now) == ($0.target.fired.count == 1) })
                model.removeAll { !$0.target.fired.isEmpty }
            }
            #expect(wheel.count == model.count)
        }
    }

    @Test("stopping a timer twice, or after it fired, touches no other timer")
    func staleID() {
        var wheel = TimerWheel(now: 0)
        let first = Target()
        let second = Target()
        let id = wheel.start(deadline: 50, kind: 1, target: first)
        wheel.cancel(id)
        _ = wheel.start(deadline: 50, kind: 2, target: second)
        wheel.cancel(id)
        #expect(TimerWheelTests.advance(&wheel, to: 50) == 1)
        #expect(first.fired.isEmpty)
        #expect(second.fired == [2])
    }

    @Test("100,000 timers start, and every one fires")
    func many() {
        var wheel = TimerWheel(now: 0)
        let target = Target()
        for index in 0..<100_000 { _ = wheel.start(deadline: Int64(index), kind: 0, target: target) }
        #expect(TimerWheelTests.advance(&wheel, to: 200_000) == 100_000)
    }
}
