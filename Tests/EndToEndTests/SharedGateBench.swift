import JSON
import StoaTesting
import Testing

/// Several servers over one PostgreSQL and one Redis, each of which asks two nodes of its own about one ledger.
struct SharedGateBench {
    let redis: RedisProcess
    let benches: [GateBench]
    private let postgres: PostgresProcess

    /// - Parameter given: A ledger that settings name.
    init(_ count: Int, _ settings: [String: String] = [:], ledger given: Ledger? = nil) async throws {
        postgres = try await PostgresProcess()
        redis = try await RedisProcess()
        let ledger: Ledger
        if let given { ledger = given } else { ledger = try await Ledger() }
        let mint = try await ledger.createMint(decimals: 2)
        var all = [
            "loops": "2", "store.postgres": postgres.connection(), "broker.redis": redis.address,
            "instance.lease_ms": "3000", "metrics.listen": "127.0.0.1:0",
        ]
        all.merge(settings) { $1 }
        var benches: [GateBench] = []
        for place in 0..<count {
            all["instance.id"] = "i_\(place)"
            let names = SharedGateBench.nodes(place)
            all["solana.rpc"] = names.map { ledger.node($0) }.joined(separator: ",")
            benches.append(try await GateBench(all, ledger: ledger, mint: mint))
        }
        self.benches = benches
        for bench in benches { try await bench.server.untilOthersAreReached() }
    }

    var ledger: Ledger { benches[0].ledger }

    private static func nodes(_ place: Int) -> [String] { ["a\(place)", "b\(place)"] }

    /// Makes the nodes that a server asks fail, or heals them.
    func fault(_ fault: String?, at place: Int) async throws {
        for node in SharedGateBench.nodes(place) { try await ledger.fault(node, fault) }
    }

    /// What a server's nodes were asked so far.
    func calls(_ place: Int) async throws -> [String] {
        var calls: [String] = []
        for node in SharedGateBench.nodes(place) { calls += try await ledger.calls(node) }
        return calls
    }

    /// Which of the servers that run sweep, by what they say.
    func sweepers() async throws -> [Int] {
        var sweepers: [Int] = []
        for (place, bench) in benches.enumerated() where bench.server.isRunning {
            if try await bench.server.metrics()("stoa_gate_sweeper") == 1 { sweepers.append(place) }
        }
        return sweepers
    }

    /// Waits until one server sweeps.
    ///
    /// - Parameter gone: It is not this one.
    func sweeper(insteadOf gone: Int? = nil) async throws -> Int {
        var found: [Int] = []
        try await eventually("one server sweeps", within: 30) {
            found = try await sweepers()
            return found.count == 1 && found.first != gone
        }
        return try #require(found.first)
    }

    /// Waits until a server has swept so many times more; somebody must be behind a gate whom it has found before.
    func sweeps(_ count: Int, by place: Int) async throws {
        func sweeps() async throws -> Int { try await calls(place).count { $0 == "getMultipleAccounts" } }
        let start = try await sweeps()
        try await eventually("\(count) sweeps", within: 60) { try await sweeps() >= start + count }
    }
}
