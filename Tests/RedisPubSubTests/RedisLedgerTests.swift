import PubSub
import StoaTesting
import Testing

@testable import RedisPubSub

@Suite("who is where, over a real Redis")
struct RedisLedgerTests {
    private static let presence = BrokerChannel(.presence, of: "r")

    private static func two(_ redis: RedisService, lease: Int64 = 15_000) async throws -> (
        BrokerHost, BrokerHost
    ) {
        let one = try await BrokerHost("i_1", redis.entries, leaseMilliseconds: lease)
        let two = try await BrokerHost("i_2", redis.entries, leaseMilliseconds: lease)
        try await one.connected()
        try await two.connected()
        return (one, two)
    }

    @Test(
        "somebody at two processes joins once and leaves once", arguments: RedisService.Shape.allCases)
    func joinsOnceAndLeavesOnce(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let (one, two) = try await Self.two(redis)
        try await two.subscribe(to: Self.presence)
        #expect(await one.arrive("ann", in: "r") == .arrived)
        #expect(await two.arrive("ann", in: "r") == .arrived)
        await one.depart("ann", from: "r")
        #expect(await one.roll(of: "r") == ["ann"])
        await two.depart("ann", from: "r")
        await two.depart("ann", from: "r")
        #expect(await one.roll(of: "r") == [])
        try await eventually("both told") { two.delivered(on: Self.presence).count >= 2 }
        let told = two.delivered(on: Self.presence)
        #expect(told.count == 2)
        #expect(
            told[0].hasPrefix(
                #"{"type":"user_joined","room":"r","user":{"id":"ann","name":"ann"},"people_count":1,"at":"#))
        #expect(told[1].contains(#""type":"user_left""#) && told[1].contains(#""people_count":0"#))
        #expect(told[0].hasSuffix(#""version":1}"#) && told[1].hasSuffix(#""version":2}"#))
    }

    @Test(
        "of a hundred who race for ten seats over two processes ten get one",
        arguments: RedisService.Shape.allCases)
    func seatsAreExact(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let (one, two) = try await Self.two(redis)
        let outcomes = await withTaskGroup(of: LedgerArrival.self, returning: [LedgerArrival].self) { group in
            for number in 0..<100 {
                group.addTask { await (number % 2 == 0 ? one : two).arrive("u\(number)", in: "r", seats: 10) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .arrived } == 10)
        // While one has some ahead the others hear that they are reserved.
        #expect(outcomes.count { $0 == .full || $0 == .reserved } == 90)
        #expect(await one.arrive("mod", in: "r", takesSeat: false, seats: 10) == .arrived)
        let inside = try #require(await two.roll(of: "r")?.first { $0 != "mod" })
        // Whoever is in gets in again, and a seat that is given up is free for one.
        #expect(await two.arrive(inside, in: "r", seats: 10) == .arrived)
        for host in [one, two] { await host.depart(inside, from: "r") }
        #expect(await one.arrive("late", in: "r", seats: 10) == .arrived)
        #expect(await one.arrive("later", in: "r", seats: 10) == .full)
    }

    @Test(
        "a process that dies is taken out once its lease is over, each of its people once",
        arguments: RedisService.Shape.allCases)
    func deadProcesses(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let watcher = try await BrokerHost("i_w", redis.entries, leaseMilliseconds: 3000)
        try await watcher.connected()
        try await watcher.subscribe(to: Self.presence)
        let third = try await BrokerHost("i_v", redis.entries, leaseMilliseconds: 3000)
        try await third.connected()
        #expect(await watcher.arrive("here", in: "r") == .arrived)
        do {
            let dying = try await BrokerHost("i_d", redis.entries, leaseMilliseconds: 3000)
            try await dying.connected()
            for user in ["ann", "bob", "here"] { #expect(await dying.arrive(user, in: "r") == .arrived) }
            #expect(await dying.arrive("far", in: "elsewhere") == .arrived)
        }
        // Its loop has ended with it: nobody renews the lease.
        try await eventually("gone") { await watcher.roll(of: "r") == ["here"] }
        try await eventually("gone elsewhere") { await watcher.roll(of: "elsewhere") == [] }
        try await eventually("told") {
            watcher.delivered(on: Self.presence).count { $0.contains("user_left") } >= 2
        }
        #expect(watcher.delivered(on: Self.presence).count { $0.contains("user_left") } == 2)
        #expect(!watcher.events.contains(.forgot))
    }

    @Test("what a process has leased ahead is free again once its lease is over")
    func deadLeases() async throws {
        let redis = try await RedisService(.one)
        let (watcher, third) = try await Self.two(redis, lease: 3000)
        do {
            let dying = try await BrokerHost("i_d", redis.entries, leaseMilliseconds: 3000)
            try await dying.connected()
            #expect(await dying.arrive("ann", in: "r", seats: 8) == .arrived)
            for number in 0..<6 { #expect(await watcher.arrive("w\(number)", in: "r", seats: 8) == .arrived) }
            #expect(await third.arrive("late", in: "r", seats: 8) == .reserved)
        }
        try await eventually("gone") { await third.arrive("late", in: "r", seats: 8) == .arrived }
        #expect(await third.arrive("later", in: "r", seats: 8) == .arrived)
        #expect(await third.arrive("latest", in: "r", seats: 8) == .full)
        let (seats, spares) = ("stoa:{r}:seats", "stoa:{r}:spares")
        #expect(try await redis.servers[0].command("GET", seats) == "8\n")
        #expect(try await redis.servers[0].command("EXISTS", spares) == "0\n")
    }

    @Test("a Redis that comes back empty gets everybody entered anew")
    func emptyRedis() async throws {
        let redis = try await RedisProcess()
        let host = try await BrokerHost("i_1", [redis.address], leaseMilliseconds: 3000)
        try await host.connected()
        #expect(await host.arrive("ann", in: "r") == .arrived)
        redis.kill()
        try await redis.start()
        try await host.has(.forgot)
        #expect(await host.roll(of: "r") == [])
        #expect(await host.arrive("ann", in: "r") == .arrived)
        #expect(await host.roll(of: "r") == ["ann"])
    }

    @Test("a Redis that is full for longer than the leases last takes nobody out, and enters nobody anew")
    func fullForLong() async throws {
        let redis = try await RedisProcess()
        let (one, two) = (
            try await BrokerHost("i_1", [redis.address], leaseMilliseconds: 3000),
            try await BrokerHost("i_2", [redis.address], leaseMilliseconds: 3000)
        )
        for host in [one, two] {
            try await host.connected()
            try await host.subscribe(to: Self.presence)
        }
        #expect(await one.arrive("ann", in: "r") == .arrived)
        #expect(await two.arrive("bob", in: "r") == .arrived)
        try await redis.command("CONFIG", "SET", "maxmemory", "1")
        // Both leases are over for so long that others would take their people out.
        try await eventually("over for long") {
            let now = try await redis.command("TIME").split(separator: "\n").compactMap { Int64($0) }
            let scores = try await redis.command("ZRANGE", "stoa:instances", "0", "-1", "WITHSCORES")
            let ends = scores.split(separator: "\n").compactMap { Int64($0) }
            return now.count == 2 && ends.count == 2
                && ends.allSatisfy { now[0] * 1000 + now[1] / 1000 > $0 + 1200 }
        }
        #expect(try await redis.command("HKEYS", "stoa:{r}:people").split(separator: "\n").count == 2)
        for host in [one, two] {
            #expect(!host.events.contains(.forgot))
            #expect(!host.delivered(on: Self.presence).contains { $0.contains("user_left") })
        }
        try await redis.command("CONFIG", "SET", "maxmemory", "0")
        for host in [one, two] { try await host.has(.forgot) }
        #expect(await one.arrive("ann", in: "r") == .arrived)
        #expect(await two.arrive("bob", in: "r") == .arrived)
        #expect(await one.roll(of: "r") == ["ann", "bob"])
    }
}
