import PubSub
import StoaTesting
import Testing

@testable import RedisPubSub

@Suite("duties of which each is one process', over a real Redis")
struct RedisDutyTests {
    @Test(
        "of all who want a duty one has it, until it lays it down", arguments: RedisService.Shape.allCases)
    func one(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        var hosts: [BrokerHost] = []
        for number in 1...3 { hosts.append(try await BrokerHost("i_\(number)", redis.entries)) }
        for host in hosts { try await host.connected() }
        let holders = await withTaskGroup { group in
            for host in hosts {
                group.addTask { await host.shared.takeOn("sweeping", milliseconds: 600_000) }
            }
            return await group.reduce(into: [DutyHolder]()) { $0.append($1) }
        }
        #expect(holders.count { $0 == .own } == 1 && holders.count { $0 == .other } == 2)

        var owners: [BrokerHost] = []
        for host in hosts where await host.shared.takeOn("sweeping", milliseconds: 600_000) == .own {
            owners.append(host)
        }
        // Who has it goes on with it, and nobody else lays it down.
        let owner = try #require(owners.first)
        let others = hosts.filter { $0 !== owner }
        try #require(owners.count == 1 && others.count == 2)
        await others[0].shared.layDown("sweeping")
        #expect(await others[0].shared.takeOn("sweeping", milliseconds: 600_000) == .other)
        #expect(await others[0].shared.takeOn("another", milliseconds: 600_000) == .own)
        await owner.shared.layDown("sweeping")
        #expect(await others[1].shared.takeOn("sweeping", milliseconds: 600_000) == .own)
        #expect(await owner.shared.takeOn("sweeping", milliseconds: 600_000) == .other)
    }

    @Test("the duty of a process that says nothing more ends; without Redis nobody knows whose it is")
    func ends() async throws {
        let redis = try await RedisProcess()
        let hosts = [
            try await BrokerHost("i_1", [redis.address]), try await BrokerHost("i_2", [redis.address]),
        ]
        for host in hosts { try await host.connected() }
        #expect(await hosts[0].shared.takeOn("sweeping", milliseconds: 200) == .own)
        try await eventually("it is free") {
            await hosts[1].shared.takeOn("sweeping", milliseconds: 60_000) == .own
        }
        #expect(await hosts[0].shared.takeOn("sweeping", milliseconds: 200) == .other)
        redis.kill()
        #expect(await hosts[0].shared.takeOn("sweeping", milliseconds: 200) == .unknown)
        await hosts[1].shared.layDown("sweeping")
    }
}
