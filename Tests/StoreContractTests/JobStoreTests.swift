import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("The job queue")
struct JobStoreTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    private static func time(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + milliseconds)
    }

    private static func queue(on driver: StoreDriver) async throws -> JobRepository {
        JobRepository(database: try await TestStore.open(on: driver).database)
    }

    private static func job(_ key: String, _ kind: String = "k") -> NewJob {
        NewJob(kind, key: key, payload: #"{"key":"\#(key)"}"#, about: PersonKey(user: "ann"))
    }

    @Test("a job is one by its kind and key, whoever repeats it", arguments: StoreDriver.allCases)
    func repeats(on driver: StoreDriver) async throws {
        let queue = try await JobStoreTests.queue(on: driver)
        #expect(try await queue.enqueue([JobStoreTests.job("1"), JobStoreTests.job("1", "other")]) == 2)
        #expect(try await queue.enqueue([JobStoreTests.job("1"), JobStoreTests.job("2")]) == 1)
        #expect(try await queue.counts() == [.waiting: 3])
        let job = try #require(try await queue.job("k", key: "1"))
        #expect(job.payload == #"{"key":"1"}"# && job.person == PersonKey(user: "ann"))
        #expect(try await queue.job(job.id) == job)
        #expect(try await queue.job("k", key: "3") == nil)
    }

    @Test("what spoils a transaction takes its jobs back", arguments: StoreDriver.allCases)
    func transactions(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let queue = JobRepository(database: store.database)
        await #expect(throws: StorageError.conflict("no")) {
            try await store.database.write { (transaction) async throws(StorageError) in
                try await JobRepository.enqueue([JobStoreTests.job("1")], in: transaction)
                throw .conflict("no")
            }
        }
        #expect(try await queue.counts() == [:])
    }

    @Test(
        "each is leased to one worker, the longest due first, and ended by its lease alone",
        arguments: StoreDriver.allCases)
    func leases(on driver: StoreDriver) async throws {
        let queue = try await JobStoreTests.queue(on: driver)
        var late = JobStoreTests.job("late")
        late.dueAt = JobStoreTests.time(5000)
        try await queue.enqueue([late] + (1...3).map { JobStoreTests.job("\($0)") }, now: JobStoreTests.start)
        try await queue.enqueue([JobStoreTests.job("4")], now: JobStoreTests.time(1))
        let now = JobStoreTests.time(10)
        let first = try await queue.lease(["k"], worker: "a", limit: 2, milliseconds: 1000, now: now)
        let second = try await queue.lease(["j", "k"], worker: "b", limit: 9, milliseconds: 1000, now: now)
        #expect(first.map(\.key) == ["1", "2"] && second.map(\.key) == ["3", "4"])
        #expect(first.allSatisfy { $0.state == .running && $0.worker == "a" && $0.attempts == 1 })
        #expect(try await queue.lease(["k"], worker: "c", limit: 9, milliseconds: 1, now: now).isEmpty)
        #expect(try await queue.counts() == [.waiting: 1, .running: 4])
        let done = try await queue.complete(first.map { ($0, #"{"ok":true}"#) }, now: now)
        #expect(done == Set(first.map(\.id)))
        #expect(try await queue.job(first[0].id)?.result == #"{"ok":true}"#)
        // Nobody ends one twice, or with another's lease.
        #expect(try await queue.complete([(first[0], nil)], now: now).isEmpty)
        #expect(try await queue.fail(second[0].id, lease: first[0].lease, reason: "x", now: now) == nil)
        #expect(try await queue.nextDue(["k"]) == JobStoreTests.time(1010))
        #expect(try await queue.nextDue(["j"]) == nil)
    }

    @Test(
        "a lease that ran out is handed to the next worker; one that is made longer is not",
        arguments: StoreDriver.allCases)
    func outrun(on driver: StoreDriver) async throws {
        let queue = try await JobStoreTests.queue(on: driver)
        try await queue.enqueue([JobStoreTests.job("1"), JobStoreTests.job("2")], now: JobStoreTests.start)
        let (start, end) = (JobStoreTests.start, JobStoreTests.time(1000))
        let first = try await queue.lease(["k"], worker: "a", limit: 9, milliseconds: 1000, now: start)
        #expect(
            try await queue.extend(first[1].id, lease: first[1].lease, milliseconds: 1000, now: end))
        let second = try await queue.lease(["k"], worker: "b", limit: 9, milliseconds: 1000, now: end)
        #expect(second.map(\.id) == [first[0].id] && second[0].attempts == 2)
        #expect(try await queue.complete(first.map { ($0, nil) }, now: end) == [first[1].id])
        let isLonger = try await queue.extend(first[0].id, lease: first[0].lease, milliseconds: 1, now: end)
        #expect(!isLonger)
        #expect(try await queue.complete([(second[0], nil)], now: end).count == 1)
    }

    @Test(
        "who fails is tried again ever later, and is dead after the last attempt",
        arguments: StoreDriver.allCases)
    func failures(on driver: StoreDriver) async throws {
        let queue = try await JobStoreTests.queue(on: driver)
        var job = JobStoreTests.job("1")
        job.attemptLimit = 3
        var lost = JobStoreTests.job("lost", "l")
        lost.attemptLimit = 1
        try await queue.enqueue([job, lost], now: JobStoreTests.start)
        var now = JobStoreTests.start
        for attempt in 1...3 {
            let taken = try #require(
                try await queue.lease(["k"], worker: "a", limit: 1, milliseconds: 9, now: now).first)
            let failed = try #require(
                try await queue.fail(taken.id, lease: taken.lease, reason: "away \(attempt)", now: now))
            #expect(failed.error == "away \(attempt)" && failed.attempts == attempt)
            #expect(failed.state == (attempt < 3 ? .waiting : .dead))
            let wait = failed.dueAt.milliseconds - now.milliseconds
            #expect((500 << Int64(attempt - 1)...1000 << Int64(attempt - 1)).contains(wait))
            now = failed.dueAt
        }
        #expect(try await queue.lease(["k"], worker: "a", limit: 1, milliseconds: 9, now: now).isEmpty)
        // One whose worker is never heard of again has no more attempts either.
        #expect(try await queue.lease(["l"], worker: "a", limit: 1, milliseconds: 9, now: now).count == 1)
        let later = Timestamp(milliseconds: now.milliseconds + 9)
        #expect(try await queue.lease(["l"], worker: "a", limit: 1, milliseconds: 9, now: later).isEmpty)
        #expect(try await queue.job("l", key: "lost")?.state == .dead)
        #expect(try await queue.counts() == [.dead: 2])
        #expect(JobRepository.backOff(attempts: 100) <= 3_600_000)
    }

    @Test("what ended is deleted after a while, and its key is free", arguments: StoreDriver.allCases)
    func forgetting(on driver: StoreDriver) async throws {
        let queue = try await JobStoreTests.queue(on: driver)
        try await queue.enqueue((1...3).map { JobStoreTests.job("\($0)") }, now: JobStoreTests.start)
        let taken = try await queue.lease(
            ["k"], worker: "a", limit: 2, milliseconds: 9, now: JobStoreTests.start)
        try await queue.complete(taken.map { ($0, nil) }, now: JobStoreTests.start)
        #expect(try await queue.forget(.done, endedBefore: JobStoreTests.start) == 0)
        #expect(try await queue.forget(.dead, endedBefore: JobStoreTests.time(1)) == 0)
        #expect(try await queue.forget(.done, endedBefore: JobStoreTests.time(1), limit: 1) == 1)
        #expect(try await queue.forget(.done, endedBefore: JobStoreTests.time(1)) == 1)
        #expect(try await queue.enqueue((1...3).map { JobStoreTests.job("\($0)") }) == 2)
    }
}
