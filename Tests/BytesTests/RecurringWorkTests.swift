import Bytes
import Testing

@Suite("Work that recurs")
struct RecurringWorkTests {
    @Test("it has a turn at once, and one for each time it is woken while it waits", .timeLimit(.minutes(1)))
    func woken() async {
        let work = RecurringWork()
        let (turns, turn) = AsyncStream<Int>.makeStream()
        work.start {
            var count = 0
            await work.run(every: .seconds(3600)) {
                count += 1
                turn.yield(count)
            }
            turn.finish()
        }
        var told = turns.makeAsyncIterator()
        #expect(await told.next() == 1)
        work.wake()
        #expect(await told.next() == 2)
        await work.stop()
        work.wake()
        #expect(await told.next() == nil)
    }

    @Test("it has turns by itself, whose pause is asked for each time", .timeLimit(.minutes(1)))
    func paused() async {
        let work = RecurringWork()
        let (pauses, asked) = AsyncStream<Void>.makeStream()
        let (turns, turn) = AsyncStream<Void>.makeStream()
        @Sendable func pause() -> Duration {
            asked.yield()
            return .milliseconds(1)
        }
        work.start { await work.run(every: pause()) { turn.yield() } }
        var (looks, told) = (pauses.makeAsyncIterator(), turns.makeAsyncIterator())
        for _ in 0..<3 {
            #expect(await looks.next() != nil)
            #expect(await told.next() != nil)
        }
        await work.stop()
    }

    @Test("stopping waits for the turn at hand, and there is none behind it", .timeLimit(.minutes(1)))
    func stopped() async {
        let work = RecurringWork()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let (ends, end) = AsyncStream<Void>.makeStream()
        work.start {
            await work.run(every: .seconds(3600)) {
                begin.yield()
                // It goes on until it is cancelled, and then for a while.
                await withTaskCancellationHandler {
                    await Task { for await _ in gate { return } }.value
                } onCancel: {
                    open.yield()
                }
                end.yield()
            }
            end.finish()
        }
        for await _ in begun { break }
        work.wake()
        await work.stop()
        var count = 0
        for await _ in ends { count += 1 }
        #expect(count == 1)
    }
}
