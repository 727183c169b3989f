import Storage
import StoreTesting
import Testing

@testable import Jobs

@Suite("The runner of jobs")
struct JobRunnerTests {
    private struct Failed: Error, CustomStringConvertible {
        var description: String { "the other end is away" }
    }

    private static func runner(_ queue: JobRepository, poll: Int64 = 50) -> JobRunner {
        var settings = JobSettings()
        settings.pollMilliseconds = poll
        return JobRunner(queue, worker: "w", settings: settings)
    }

    @Test("a job that is put in is done at once, its result kept; one of another kind is not touched")
    func done() async throws {
        let queue = JobRepository(database: try await TestStore.open().database)
        // It looks once an hour: whatever is done was woken for.
        let runner = JobRunnerTests.runner(queue, poll: 3_600_000)
        let heard = AsyncStream<String>.makeStream()
        runner.handle("greet") { job in
            heard.continuation.yield(job.payload)
            return #"{"said":true}"#
        }
        runner.start()
        try await queue.enqueue([
            NewJob("greet", key: "ann", payload: #""hello""#), NewJob("other", key: "x", payload: "{}"),
        ])
        runner.wake()
        var words = heard.stream.makeAsyncIterator()
        #expect(await words.next() == #""hello""#)
        await runner.stop()
        let job = try #require(try await queue.job("greet", key: "ann"))
        #expect(job.state == .done && job.result == #"{"said":true}"# && job.attempts == 1)
        #expect(try await queue.job("other", key: "x")?.state == .waiting)
        #expect(runner.figures.done == 1)
    }

    @Test("jobs of a kind that is done in order come one after the other, the oldest first")
    func inOrder() async throws {
        let queue = JobRepository(database: try await TestStore.open().database)
        let runner = JobRunnerTests.runner(queue)
        let heard = AsyncStream<String>.makeStream()
        runner.handle("say", inOrder: true) { job in
            // Others would pass it here.
            await Task.yield()
            heard.continuation.yield(job.key)
            return nil
        }
        let keys = (0..<50).map { "\($0)" }
        try await queue.enqueue(keys.map { NewJob("say", key: $0, payload: "{}") })
        runner.start()
        var said: [String] = []
        for await key in heard.stream {
            said.append(key)
            if said.count == keys.count { break }
        }
        await runner.stop()
        #expect(said == keys)
    }

    @Test("a job that fails is tried again, and given up after so many attempts; others go on")
    func failing() async throws {
        let queue = JobRepository(database: try await TestStore.open().database)
        let runner = JobRunnerTests.runner(queue)
        let attempted = AsyncStream<Void>.makeStream()
        let heard = AsyncStream<Void>.makeStream()
        runner.handle("bad") { _ in
            attempted.continuation.yield()
            throw Failed()
        }
        runner.handle("good") { _ in
            heard.continuation.yield()
            return nil
        }
        var bad = NewJob("bad", key: "1", payload: "{}")
        bad.attemptLimit = 2
        try await queue.enqueue([bad, NewJob("good", key: "1", payload: "{}")])
        runner.start()
        var ends = heard.stream.makeAsyncIterator()
        _ = await ends.next()
        // The second one a second after the first at the latest; what is under way comes to its end.
        var attempts = attempted.stream.makeAsyncIterator()
        for _ in 1...2 { _ = await attempts.next() }
        await runner.stop()
        let job = try #require(try await queue.job("bad", key: "1"))
        #expect(job.state == .dead && job.attempts == 2 && job.error == "the other end is away")
        #expect(runner.figures.dead == 1 && runner.figures.retried == 1)
    }

    @Test("what a process that is gone had under way is done by the next one over its embedded store")
    func takenOver() async throws {
        let queue = JobRepository(database: try await TestStore.open().database)
        try await queue.enqueue([
            NewJob("work", key: "1", payload: "{}"), NewJob("outside", key: "1", payload: "{}"),
        ])
        #expect(try await queue.lease(["work"], worker: "gone", limit: 9, milliseconds: 60_000).count == 1)
        #expect(try await queue.lease(["outside"], worker: "own", limit: 9, milliseconds: 60_000).count == 1)
        let runner = JobRunnerTests.runner(queue)
        let heard = AsyncStream<Int>.makeStream()
        runner.handle("work") { job in
            heard.continuation.yield(job.attempts)
            return nil
        }
        runner.start()
        var attempts = heard.stream.makeAsyncIterator()
        #expect(await attempts.next() == 2)
        await runner.stop()
        // Whoever has the other works on.
        #expect(try await queue.lease(["outside"], worker: "next", limit: 9, milliseconds: 1).isEmpty)
    }
}
