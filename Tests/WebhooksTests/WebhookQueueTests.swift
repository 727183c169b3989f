import JSON
import Synchronization
import Testing

@testable import Webhooks

@Suite("Events on their way to the owner's own service", .timeLimit(.minutes(1)))
struct WebhookQueueTests {
    /// A service that answers by a script, and keeps what it was sent.
    private final class Service: Sendable {
        private struct State {
            var bodies: [[UInt8]] = []
            var answers: [WebhookAnswer]
            var waiting: [(count: Int, CheckedContinuation<Void, Never>)] = []
        }

        private let state: Mutex<State>

        /// - Parameter answers: The first ones; all others are that it is taken.
        init(_ answers: [WebhookAnswer] = []) { state = Mutex(State(answers: answers)) }

        func take(_ body: [UInt8]) -> WebhookAnswer {
            let (answer, ready) = state.withLock { state in
                state.bodies.append(body)
                let count = state.bodies.count
                let ready = state.waiting.filter { $0.count <= count }
                state.waiting.removeAll { $0.count <= count }
                return (state.answers.isEmpty ? .taken : state.answers.removeFirst(), ready)
            }
            for (_, continuation) in ready { continuation.resume() }
            return answer
        }

        /// What it was sent, once that is so many bodies.
        func bodies(_ count: Int) async throws -> [JSONValue] {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.bodies.count >= count { return true }
                    state.waiting.append((count, continuation))
                    return false
                }
                if isThere { continuation.resume() }
            }
            return try state.withLock { $0.bodies }.map { try JSONValue(parsing: $0.span) }
        }
    }

    private static func queue(_ service: Service, _ change: (inout WebhookSettings) -> Void = { _ in })
        -> WebhookQueue
    {
        var settings = WebhookSettings()
        settings.pauseMilliseconds = 1
        change(&settings)
        return WebhookQueue(settings) { service.take($0) }
    }

    private static func numbers(_ body: JSONValue) -> [Int64] {
        body["events"]?.array?.compactMap { $0["n"]?.integer } ?? []
    }

    private static func event(_ number: Int) -> [UInt8] { Array(#"{"n":\#(number)}"#.utf8) }

    @Test("events come in their order, as many at a time as a delivery holds")
    func order() async throws {
        let service = Service()
        let queue = WebhookQueueTests.queue(service) { $0.batch = 3 }
        for number in 0..<100 { queue.add(WebhookQueueTests.event(number)) }
        await queue.finish(within: 10_000)
        let bodies = try await service.bodies(34)
        #expect(bodies.flatMap(WebhookQueueTests.numbers) == Array(0..<100))
        #expect(bodies.allSatisfy { WebhookQueueTests.numbers($0).count <= 3 })
        #expect(bodies.allSatisfy { $0["dropped"]?.integer == 0 && $0["type"]?.string == "events" })
        #expect(queue.figures.delivered == 100 && queue.figures.waiting == 0)
    }

    @Test("what was not taken is tried again, the same and before what came later")
    func again() async throws {
        let service = Service([.later("busy", after: nil), .later("busy", after: 2)])
        let queue = WebhookQueueTests.queue(service) { $0.batch = 1 }
        for number in 0..<3 { queue.add(WebhookQueueTests.event(number)) }
        let bodies = try await service.bodies(5)
        #expect(bodies.flatMap(WebhookQueueTests.numbers) == [0, 0, 0, 1, 2])
        await queue.finish(within: 10_000)
        #expect(queue.figures.failures == 2 && queue.figures.givenUp == 0)
    }

    @Test("what is refused, or fails too often, is lost; the next delivery says how much")
    func givenUp() async throws {
        let busy = WebhookAnswer.later("busy", after: nil)
        let service = Service([.refused("no"), busy, busy])
        let queue = WebhookQueueTests.queue(service) {
            $0.batch = 1
            $0.attempts = 2
        }
        for number in 0..<4 { queue.add(WebhookQueueTests.event(number)) }
        let bodies = try await service.bodies(5)
        #expect(bodies.flatMap(WebhookQueueTests.numbers) == [0, 1, 1, 2, 3])
        #expect(bodies.map { $0["dropped"]?.integer } == [0, 1, 1, 2, 0])
        await queue.finish(within: 10_000)
        #expect(queue.figures.givenUp == 2 && queue.figures.delivered == 2)
    }

    @Test("beyond its bound new events are lost and counted; those that wait are kept")
    func full() async throws {
        let service = Service(Array(repeating: .later("down", after: nil), count: 5))
        let queue = WebhookQueueTests.queue(service) { $0.waiting = 2 }
        for number in 0..<10 { queue.add(WebhookQueueTests.event(number)) }
        #expect(queue.figures.dropped == 8)
        let bodies = try await service.bodies(6)
        #expect(bodies.map(WebhookQueueTests.numbers).last == [0, 1])
        #expect(bodies.last?["dropped"]?.integer == 8)
        await queue.finish(within: 10_000)
        queue.add(WebhookQueueTests.event(10))
        #expect(try await service.bodies(7).last?["dropped"]?.integer == 0)
    }

    @Test("at the end what waits is delivered, within the time that there is")
    func end() async throws {
        let service = Service([.later("down", after: nil)])
        let queue = WebhookQueueTests.queue(service) { $0.pauseMilliseconds = 3_600_000 }
        queue.add(WebhookQueueTests.event(1))
        _ = try await service.bodies(1)
        await queue.finish(within: 30_000)
        #expect(try await service.bodies(2).map(WebhookQueueTests.numbers) == [[1], [1]])

        let silent = Service(Array(repeating: .later("down", after: nil), count: 1000))
        let other = WebhookQueueTests.queue(silent)
        other.add(WebhookQueueTests.event(1))
        await other.finish(within: 50)
        #expect(other.figures.waiting == 1)
    }

    @Test("pauses grow to a bound, part of them is by chance, and a longer wish is heard")
    func pauses() {
        let settings = WebhookSettings()
        #expect((0..<100).allSatisfy { _ in (250...500).contains(settings.pause(after: 1, asked: nil)) })
        #expect((0..<100).allSatisfy { _ in (1000...2000).contains(settings.pause(after: 3, asked: 0)) })
        #expect((30_000...60_000).contains(settings.pause(after: 50, asked: nil)))
        #expect(settings.pause(after: 1, asked: 7000) == 7000)
        #expect(settings.pause(after: 1, asked: 7_000_000) == 60_000)
    }

    @Test("answers of which a repeat may be another are tried again")
    func answers() {
        for status in [200, 204, 299] { #expect(WebhookAnswer(status: status, retryAfter: nil) == .taken) }
        for status in [408, 425, 429, 500, 503] {
            let answer = WebhookAnswer(status: status, retryAfter: "2")
            #expect(answer == .later("it answered \(status)", after: 2000))
        }
        for status in [301, 400, 401, 404, 410] {
            #expect(WebhookAnswer(status: status, retryAfter: nil) == .refused("it answered \(status)"))
        }
    }
}
