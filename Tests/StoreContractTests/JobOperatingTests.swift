import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("The job queue for its operator")
struct JobOperatingTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)
    private static let later = Timestamp(milliseconds: 1_800_000_100_000)

    /// A queue with one job of each state, under keys of the states' names.
    private func queue(on driver: StoreDriver) async throws -> (JobRepository, [JobRecord.State: String]) {
        let queue = JobRepository(database: try await TestStore.open(on: driver).database)
        var ids: [JobRecord.State: String] = [:]
        for state in [JobRecord.State.dead, .done, .running, .waiting] {
            var job = NewJob("k", key: state.rawValue, payload: "{}", about: PersonKey(user: "ann"))
            job.attemptLimit = state == .dead ? 1 : 20
            try await queue.enqueue([job], now: JobOperatingTests.start)
            ids[state] = job.id
            guard state != .waiting else { break }
            let taken = try await queue.lease(
                ["k"], worker: "w", limit: 1, milliseconds: 1_000_000, now: JobOperatingTests.start)
            if state == .done { try await queue.complete(taken.map { ($0, nil) }) }
            if state == .dead {
                try await queue.fail(
                    job.id, lease: taken[0].lease, reason: "no", now: JobOperatingTests.start)
            }
        }
        return (queue, ids)
    }

    @Test("jobs are listed newest first, by state and kind, in pages", arguments: StoreDriver.allCases)
    func pages(on driver: StoreDriver) async throws {
        let (queue, ids) = try await queue(on: driver)
        for state in JobRecord.State.allCases {
            let page = try await queue.page(state, kind: "k", cursor: nil, limit: 9)
            #expect(page.items.map(\.id) == [ids[state]] && page.items.map(\.state) == [state])
        }
        let first = try await queue.page(nil, kind: nil, cursor: nil, limit: 2)
        #expect(first.items.map(\.key) == ["waiting", "running"])
        let second = try await queue.page(nil, kind: nil, cursor: first.cursor, limit: 2)
        #expect(second.items.map(\.key) == ["dead"] && second.cursor == nil)
        #expect(try await queue.page(nil, kind: "other", cursor: nil, limit: 2).items.isEmpty)
    }

    @Test(
        "what was given up or waits is begun anew with all its attempts, what a worker has is not",
        arguments: StoreDriver.allCases)
    func retry(on driver: StoreDriver) async throws {
        let (queue, ids) = try await queue(on: driver)
        for state in [JobRecord.State.dead, .waiting] {
            let verdict = try await queue.retry(ids[state] ?? "", now: JobOperatingTests.later)
            guard case .done(let job) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            #expect(job.state == .waiting && job.attempts == 0 && job.endedAt == nil)
            #expect(job.dueAt == JobOperatingTests.later)
        }
        #expect(try await queue.retry(ids[.running] ?? "") == .refused(.running))
        #expect(try await queue.retry(ids[.done] ?? "") == .refused(.done))
        #expect(try await queue.retry("none") == .unknown)
        let again = try await queue.lease(
            ["k"], worker: "w", limit: 9, milliseconds: 1, now: JobOperatingTests.later)
        #expect(Set(again.map(\.key)) == ["dead", "waiting"] && again.allSatisfy { $0.attempts == 1 })
    }

    @Test("all that was given up until now is begun anew, or all of a kind", arguments: StoreDriver.allCases)
    func retryAll(on driver: StoreDriver) async throws {
        let (queue, _) = try await queue(on: driver)
        var jobs = (0..<1200).map { NewJob("many", key: "\($0)", payload: "{}") }
        for index in jobs.indices { jobs[index].attemptLimit = 1 }
        try await queue.enqueue(jobs, now: JobOperatingTests.start)
        _ = try await queue.lease(
            ["many"], worker: "w", limit: 2000, milliseconds: 1, now: JobOperatingTests.start)
        // Their leases have run out, and there is no attempt left.
        _ = try await queue.lease(
            ["many"], worker: "w", limit: 1, milliseconds: 1, now: JobOperatingTests.later)
        #expect(try await queue.retryDead(kind: "none", now: JobOperatingTests.later) == 0)
        #expect(try await queue.retryDead(kind: "many", now: JobOperatingTests.later) == 1200)
        #expect(try await queue.counts() == [.waiting: 1201, .running: 1, .dead: 1])
        #expect(try await queue.retryDead(now: JobOperatingTests.later) == 1)
        #expect(try await queue.counts() == [.waiting: 1202, .running: 1])
    }

    @Test("what waits or was given up can be dropped, and its key is free", arguments: StoreDriver.allCases)
    func drop(on driver: StoreDriver) async throws {
        let (queue, ids) = try await queue(on: driver)
        for state in [JobRecord.State.dead, .waiting] {
            guard case .done(let job) = try await queue.drop(ids[state] ?? "") else {
                Issue.record("\(state) is not dropped")
                continue
            }
            #expect(job.key == state.rawValue)
            #expect(try await queue.enqueue([NewJob("k", key: state.rawValue, payload: "{}")]) == 1)
        }
        #expect(try await queue.drop(ids[.running] ?? "") == .refused(.running))
        #expect(try await queue.drop(ids[.done] ?? "") == .refused(.done))
        #expect(try await queue.drop("none") == .unknown)
    }
}
