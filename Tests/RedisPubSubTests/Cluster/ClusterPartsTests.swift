import Testing

@testable import RedisPubSub

@Suite("what a cluster of Redis says, and how it is named")
struct ClusterPartsTests {
    @Test(
        "slots are those of the specification",
        arguments: [
            ("123456789", 0x31C3), ("foo", 12_182), ("{user1000}.following", 3443), ("{user1000}.x", 3443),
            ("foo{}{bar}", 8363), ("", 0),
        ])
    func slots(_ name: String, _ slot: Int) { #expect(HashSlot.of(name) == slot) }

    @Test(
        "all that a step reaches shares the slot of its place, the channels it publishes on too",
        arguments: ["r1", "0198f2d0-1111-7000-8000-000000000000"])
    func oneSlot(_ room: String) {
        let keys = RedisKeys(isCluster: true)
        let slot = HashSlot.of("room:\(room):presence")
        #expect(keys.slot(of: .room(room)) == slot)
        #expect((keys.room(room) + keys.occupied(room)).map(HashSlot.of) == Array(repeating: slot, count: 6))
        let topic = "topic:\(room)"
        #expect(Set(keys.topic(topic).map(HashSlot.of)) == [keys.slot(of: .topic(topic))])
        #expect(HashSlot.of(topic) == keys.slot(of: .topic(topic)))
        #expect(Set(keys.names.map(HashSlot.of)) == [keys.slot(of: .names)])
        #expect(HashSlot.of(keys.instances(3)) == keys.slot(of: .book(3)))
        #expect(HashSlot.of(keys.rooms("i.0.1", 3)) == keys.slot(of: .book(3)))
        #expect(HashSlot.of(keys.once("a")) == keys.slot(of: .once("a")))
        #expect(HashSlot.of(keys.rate("a")) == keys.slot(of: .rate("a")))
    }

    @Test(
        "what turns a step away is told from other errors",
        arguments: [
            ("MOVED 3999 127.0.0.1:6381", ClusterRedirection.moved(host: "127.0.0.1", port: 6381)),
            ("ASK 3999 ::1:6381", .ask(host: "::1", port: 6381)),
            ("MOVED 1 :7000", .moved(host: "", port: 7000)), ("TRYAGAIN Multiple keys", .tryAgain),
            ("CLUSTERDOWN Hash slot not served", .unserved),
            ("CLUSTERDOWN The cluster is down", .down), ("ERR wrong", nil), ("MOVED 1", nil),
        ] as [(String, ClusterRedirection?)])
    func redirections(_ words: String, _ meant: ClusterRedirection?) {
        #expect(ClusterRedirection(words) == meant)
    }

    private static func member(_ host: String, _ port: Int64) -> RedisReply {
        .list([.bytes(Array(host.utf8)), .integer(port), .bytes(Array("id".utf8)), .list([])])
    }

    @Test("a map has masters and replicas, and whoever does not know its own host is the one that was asked")
    func maps() throws {
        let reply = RedisReply.list([
            .list([.integer(0), .integer(99), Self.member("", 1), Self.member("b", 2)]),
            .list([.integer(100), .integer(100), Self.member("c", 3)]),
        ])
        var map = try #require(SlotMap(reply, from: "asked"))
        #expect(map.master(of: 0) == SlotMap.Member(host: "asked", port: 1))
        #expect(map.master(of: 100) == SlotMap.Member(host: "c", port: 3))
        #expect(map.master(of: 101) == nil)
        #expect(map.replicas == [SlotMap.Member(host: "b", port: 2)])
        map.assign(101, to: SlotMap.Member(host: "d", port: 4))
        #expect(map.master(of: 101)?.host == "d")
        #expect(SlotMap(.list([]), from: "asked") == nil)
        #expect(SlotMap(.list([.integer(1)]), from: "asked") == nil)
    }

    @Test("steps of a slot on its way are taken in the order in which they came")
    func lanes() {
        var lane = ClusterLane()
        for number in [3, 5, 2, 4] {
            lane.insert(
                ClusterStep(slot: 0, number: number, deed: .command([]), answer: { _ in }, deadline: 0))
        }
        var order: [Int] = []
        while let step = lane.next() { order.append(step.number) }
        #expect(order == [2, 3, 4, 5])
    }
}

@Suite("addresses of clusters and Sentinels")
struct RedisDeploymentTests {
    @Test("the hosts of a cluster share user and password")
    func clusters() throws {
        let deployment = try RedisDeployment(["rediss+cluster://ann:p%2Cw@a:7000", "b:7001", "[::1]"])
        guard case .cluster(let seeds) = deployment else {
            Issue.record("\(deployment)")
            return
        }
        #expect(seeds.map(\.name) == ["a:7000", "b:7001", "[::1]:6379"])
        #expect(seeds.allSatisfy { $0.user == "ann" && $0.password == "p,w" && $0.isSecure })
    }

    @Test("the master's credentials are not the Sentinels', whose port has a default")
    func sentinels() throws {
        let deployment = try RedisDeployment([
            "redis+sentinel://ann:pw@s1", "s2:5000", "[::1]/main/2?sentinel_user=sue&sentinel_password=x%40y",
        ])
        guard case .sentinel(let address) = deployment else {
            Issue.record("\(deployment)")
            return
        }
        #expect(address.sentinels.map(\.name) == ["s1:26379", "s2:5000", "[::1]:26379"])
        #expect(address.sentinels.allSatisfy { $0.user == "sue" && $0.password == "x@y" && $0.database == 0 })
        #expect(address.master == "main")
        let words = ["name", "main", "ip", "10.0.0.1", "port", "6380", "config-epoch", "4"]
        let reply = RedisReply.list(words.map { .bytes(Array($0.utf8)) })
        let (master, failovers) = try #require(address.master(in: reply))
        #expect(failovers == 4 && address.master(in: .list([])) == nil)
        #expect(master.name == "10.0.0.1:6380" && master.database == 2)
        #expect(master.user == "ann" && master.password == "pw")
    }

    @Test(
        "what is none is refused",
        arguments: [
            ["redis+sentinel://s1,s2"], ["redis+sentinel://s1/"], ["redis+cluster://a/3"], ["a:1"],
            ["redis+cluster://a", "redis://b"], ["redis+sentinel://s1/m?password=x"],
            ["redis+cluster://a", "u:hunter2@b"],
        ])
    func refused(_ entries: [String]) {
        #expect {
            _ = try RedisDeployment(entries)
        } throws: { error in
            !"\(error)".contains("hunter2")
        }
    }
}
