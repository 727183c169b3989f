import Outbound
import Reactor

/// Asks Redis, before a start, what a server asks it at its start: every address is reached, speaks TLS or does not as its
/// address says, lets us in, is new enough, and gives all rights. Nothing is changed there.
public struct RedisProbe {
    /// What was found at one address.
    public struct Finding: Sendable, Equatable {
        /// A sentence with the address.
        public let words: String
        /// Whether a server could use it.
        public let isGood: Bool
    }

    private let host: LoopHost
    private let settings: RedisSettings
    private var findings: [Finding] = []

    /// Asks all of them, one after the other.
    ///
    /// - Throws: ``SystemError`` where this process cannot speak with anybody.
    public static func run(_ settings: RedisSettings) async throws -> [Finding] {
        var probe = RedisProbe(host: try await LoopHost(), settings: settings)
        switch settings.deployment {
        case .servers(let addresses):
            for address in addresses { await probe.server(address, .server) }
        case .sentinel(let address): await probe.sentinels(address)
        case .cluster(let seeds): await probe.cluster(seeds)
        }
        return probe.findings
    }

    private init(host: LoopHost, settings: RedisSettings) {
        self.host = host
        self.settings = settings
    }

    private mutating func note(_ words: String, isGood: Bool) {
        findings.append(Finding(words: words, isGood: isGood))
    }

    // MARK: Shapes

    /// A server's two connections: what may be done, and what may be heard.
    private mutating func server(_ address: RedisAddress, _ kind: RedisGreeting.Kind) async {
        for role in [RedisConnection.Role.commands, .subscriber] {
            switch await call(address, role, kind) {
            case .failed(let words): return note("Redis at \(address.name): \(words)", isGood: false)
            case .answered(_, let version):
                guard role == .subscriber else { continue }
                note(
                    "Redis at \(address.name) answers: \(version), with all rights that are needed",
                    isGood: true)
            }
        }
    }

    private mutating func sentinels(_ address: SentinelAddress) async {
        var masters: [RedisAddress] = []
        for sentinel in address.sentinels {
            let name = "the Sentinel at \(sentinel.name)"
            switch await call(sentinel, .guide, .sentinel, ["SENTINEL", "MASTER", .text(address.master)]) {
            case .failed(let words): note("\(name): \(words)", isGood: false)
            case .answered(let reply, _):
                guard let master = address.master(in: reply)?.address else {
                    note("\(name) knows no master called \(address.master)", isGood: false)
                    continue
                }
                note("\(name) answers: \(address.master) is \(master.name)", isGood: true)
                if !masters.contains(master) { masters.append(master) }
            }
        }
        for master in masters { await server(master, .master) }
    }

    private mutating func cluster(_ seeds: [RedisAddress]) async {
        var map: SlotMap?
        for seed in seeds {
            switch await call(seed, .guide, .clusterGuide, ["CLUSTER", "SLOTS"]) {
            case .failed(let words): note("Redis at \(seed.name): \(words)", isGood: false)
            case .answered(let reply, let version):
                guard let known = SlotMap(reply, from: seed.host) else {
                    note("Redis at \(seed.name) knows nobody who has slots", isGood: false)
                    continue
                }
                note("Redis at \(seed.name) answers: \(version), of a cluster", isGood: true)
                map = map ?? known
            }
        }
        for member in map?.masters ?? [] {
            await server(seeds[0].at(member.host, port: member.port), .clusterNode)
        }
    }

    // MARK: One connection

    private func call(
        _ address: RedisAddress, _ role: RedisConnection.Role, _ kind: RedisGreeting.Kind,
        _ question: [RedisArgument] = []
    ) async -> ProbeCall.Outcome {
        let settings = settings
        return await withCheckedContinuation { continuation in
            host.perform { loop in
                let call = ProbeCall(loop, address, settings, role, kind, question: question) {
                    continuation.resume(returning: $0)
                }
                // The loop speaks to its connections to its end.
                loop.keep([call])
                call.start()
            }
        }
    }
}
