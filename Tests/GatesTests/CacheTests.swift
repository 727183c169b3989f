import Gates
import StoaTesting
import Synchronization
import Testing

@Suite("Readings kept")
struct CacheTests {
    /// A reader that answers when told, and counts.
    final class SlowChain: Sendable {
        private let state = Mutex<(asked: Int, held: [CheckedContinuation<Reading, Never>])>((0, []))

        var asked: Int { state.withLock { $0.asked } }

        func read() async -> Reading {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.asked += 1
                    state.held.append(continuation)
                }
            }
        }

        func answer(_ reading: Reading) {
            let held = state.withLock { state in
                defer { state.held = [] }
                return state.held
            }
            for continuation in held { continuation.resume(returning: reading) }
        }
    }

    final class Arrivals: Sendable {
        private let number = Mutex(0)

        var count: Int { number.withLock { $0 } }

        func add() { number.withLock { $0 += 1 } }
    }

    let chain = SlowChain()
    let clock = ManualClock()

    private func cache(capacity: Int = 100) -> ReadingCache {
        ReadingCache(milliseconds: 10_000, capacity: capacity, now: { [clock] in clock.milliseconds }) {
            [chain] _, _, _ in await chain.read()
        }
    }

    private func query(_ digit: String = "1") throws -> HoldingQuery {
        HoldingQuery(try #require(SolanaAddress(String(repeating: "1", count: 31) + digit)), .native)
    }

    /// Reads while the chain answers.
    private func read(_ cache: ReadingCache, _ query: HoldingQuery, _ answer: Reading) async throws -> Reading
    {
        let before = chain.asked
        let task = Task { await cache.reading(query, .join).reading }
        try await eventually("the chain is asked") { chain.asked == before + 1 }
        chain.answer(answer)
        return await task.value
    }

    @Test("fifty who wait for the same answer ask once, and the first one's leaving hurts nobody")
    func coalesces() async throws {
        let (cache, query) = (cache(), try query())
        let arrivals = Arrivals()
        let tasks = (0..<50).map { _ in
            Task {
                arrivals.add()
                return await cache.reading(query, .join).reading
            }
        }
        try await eventually("all wait") { arrivals.count == 50 && chain.asked == 1 }
        tasks[0].cancel()
        chain.answer(.holds(7, slot: 3))
        for task in tasks { #expect(await task.value == .holds(7, slot: 3)) }
        #expect(chain.asked == 1)
    }

    @Test("a reading serves for as long as it may, counted from its question")
    func expires() async throws {
        let (cache, query) = (cache(), try query())
        _ = try await read(cache, query, .holds(7, slot: 3))
        clock.advance(10_000)
        #expect(await cache.reading(query, .join).reading == .holds(7, slot: 3))
        clock.advance(1)
        #expect(try await read(cache, query, .holds(0, slot: 9)) == .holds(0, slot: 9))
        cache.forget(query)
        #expect(try await read(cache, query, .holds(8, slot: 10)) == .holds(8, slot: 10))
    }

    @Test("what is unknown is not kept")
    func unknown() async throws {
        let (cache, query) = (cache(), try query())
        #expect(try await read(cache, query, .unknown(.timeout)) == .unknown(.timeout))
        #expect(try await read(cache, query, .holds(1, slot: 1)) == .holds(1, slot: 1))
    }

    @Test("no more readings are kept than allowed")
    func bounded() async throws {
        let cache = cache(capacity: 2)
        for digit in ["2", "3", "4"] { _ = try await read(cache, query(digit), .holds(1, slot: 1)) }
        _ = await cache.reading(try query("4"), .join)
        #expect(chain.asked == 3)
    }
}
