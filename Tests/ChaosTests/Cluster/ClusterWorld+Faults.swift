import Foundation
import StoaTesting
import TestRandom

// What the processes of a run suffer, by the schedule and beside it.
extension ClusterWorld {
    /// Lets one fault come after the other.
    func suffer(until end: Date, seed: UInt64, only: [String]) async throws {
        let kinds = ClusterFault.kinds(redis.service.shape, only: only)
        var random = SeededRandom(seed: seed)
        var count: UInt64 = 0
        while Date() < end {
            let fault = ClusterFault(&random, places: servers.count, of: kinds)
            // What it hits has a generator of its own, so that the schedule does not depend on who is connected.
            var choice = SeededRandom(seed: seed &+ count)
            try await Task.sleep(for: .milliseconds(fault.pause))
            for server in servers where !server.isRunning {
                throw Broken("a server ended by itself: \(server.log.suffix(2000))")
            }
            diary.note("\(fault)")
            let isDone = try await suffer(fault, &choice)
            if !isDone { diary.note("not made: \(await redis.state())") }
            diary.count(fault.kind, isDone: isDone)
            count += 1
        }
    }

    /// Does one thing to one of them, or to some connections.
    ///
    /// - Returns: Whether it could be done.
    private func suffer(_ fault: ClusterFault, _ random: inout SeededRandom) async throws -> Bool {
        let server = servers[fault.place]
        switch fault.kind {
        case .kill:
            server.kill()
            try await Task.sleep(for: .milliseconds(fault.length / 2))
            try await server.start()
        case .restart: try await restart(server)
        case .freeze: try await during(fault.length, { server.signal(SIGSTOP) }, { server.signal(SIGCONT) })
        case .cut: for link in some(of: proxies, fault, &random) { link.cut() }
        case .stall: for link in some(of: proxies, fault, &random) { link.freeze(milliseconds: fault.length) }
        case .clock:
            let faults = faults[fault.place]
            faults.set(.clock, limit: Int64((fault.share - 0.4) * 1_200_000))
            try await during(fault.length, {}, { faults.clear(.clock) })
        case .postgresDies, .postgresHangs, .postgresFull, .failover: try await postgresSuffers(fault)
        default: return try await redisSuffers(fault, &random)
        }
        return true
    }

    private func some(
        of proxies: [ChaosProxy], _ fault: ClusterFault, _ random: inout SeededRandom
    ) -> [ChaosLink] {
        var links: [ChaosLink] = []
        for proxy in proxies { links += proxy.some(fault.share, &random) }
        return links
    }

    private func postgresSuffers(_ fault: ClusterFault) async throws {
        switch fault.kind {
        case .postgresHangs:
            let database = postgres
            try await during(fault.length, { database.pause(true) }, { database.pause(false) })
        case .postgresFull:
            databaseFaults.set(.writeFile, error: ENOSPC)
            try await during(fault.length, {}, { databaseFaults.clear(.writeFile) })
            for database in databases { try await database.revive() }
        case .failover:
            let old = try await promoteStandby(after: fault.length / 2)
            try await Task.sleep(for: .milliseconds(fault.length / 2))
            try await old.follow(postgres)
        default: try await killPostgres(for: fault.length / 2)
        }
    }

    private func redisSuffers(_ fault: ClusterFault, _ random: inout SeededRandom) async throws -> Bool {
        switch fault.kind {
        case .redisHangs: try await redis.hang(for: fault.length)
        case .redisCut: for link in some(of: redis.doors, fault, &random) { link.cut() }
        case .redisStall:
            for link in some(of: redis.doors, fault, &random) { link.freeze(milliseconds: fault.length) }
        case .masterDies: return try await redis.masterDies(fault)
        case .masterHangs: return try await redis.masterHangs(fault)
        case .masterSplit:
            return try await redis.masterIsSplit(fault, with: "i\(fault.place + 1)")
        case .sentinelDies: try await redis.sentinelDies(fault)
        case .sentinelHangs: try await redis.sentinelHangs(fault)
        case .slotsMove: return try await redis.moveSlots(of: names, &random)
        default: try await redis.die(for: fault.length)
        }
        return true
    }

    /// Names whose slots are in use.
    private var names: [String] {
        let channels = rooms.flatMap { room in
            ["messages", "presence", "control"].map { "room:\(room):\($0)" }
        }
        return channels + (0..<8).map { "book-\($0)" } + [TopicFollower.channel, "topics", "stoa:tables"]
    }

    /// Beside all that, resets or holds up one connection after the other, one in four of them to Redis.
    func nag(until end: Date, seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        while Date() < end {
            try await Task.sleep(for: .milliseconds(Int.random(in: 40...240, using: &random)))
            let side = Int.random(in: 0..<4, using: &random) == 0 ? redis.doors : proxies
            let proxy = side[Int.random(in: 0..<side.count, using: &random)]
            guard let link = proxy.some(1, &random).randomElement(using: &random) else { continue }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: link.cut()
            case 1: link.freeze(.toServer, milliseconds: Int.random(in: 5...400, using: &random))
            case 2: link.freeze(.toClient, milliseconds: Int.random(in: 5...400, using: &random))
            default: link.freeze(milliseconds: Int.random(in: 5...100, using: &random))
            }
            diary.countSingle(isCut: link.isReset)
        }
    }

    // MARK: Single faults

    /// Stops a server in order and starts it again.
    func restart(_ server: ServerProcess) async throws {
        let status = await server.stop()
        guard status == 0 else { throw Broken("it did not stop in order: \(status)") }
        try await server.start()
    }

    /// Kills PostgreSQL and starts it again.
    func killPostgres(for milliseconds: Int) async throws {
        await postgres.kill()
        try await Task.sleep(for: .milliseconds(milliseconds))
        try await postgres.start()
    }

    /// Kills PostgreSQL for good; its standby takes its place.
    ///
    /// - Returns: The one that was killed.
    func promoteStandby(after milliseconds: Int) async throws -> PostgresProcess {
        let old = postgres
        // As whoever manages a failover without loss does it: only to a standby that is in step.
        try await old.waitForStandby()
        await old.kill()
        try await Task.sleep(for: .milliseconds(milliseconds))
        primary.withLock { $0 = 1 - $0 }
        try await postgres.promote()
        return old
    }
}
