import Foundation

/// A server that can be put under load.
enum ServerKind: Hashable, Sendable {
    case stoa
    /// So many of ours, over a Redis and, in rooms, a PostgreSQL: `stoa-2`.
    case stoas(Int)
    /// The least that any server does which writes to each socket.
    case floor
    case uwebsockets
    case nodeWS
    case nchan
    case centrifuge
    /// A folder of peers that we do not know: it speaks the protocol of `loadtest/peers/README.md`.
    case other(String)

    static let known: [ServerKind] = [.stoa, .floor, .uwebsockets, .nodeWS, .nchan, .centrifuge]

    /// As in tables and on the command line; of a peer, its folder too.
    var name: String {
        switch self {
        case .stoa: "stoa"
        case .stoas(let count): "stoa-\(count)"
        case .floor: "floor"
        case .uwebsockets: "uwebsockets"
        case .nodeWS: "node-ws"
        case .nchan: "nchan"
        case .centrifuge: "centrifuge"
        case .other(let name): name
        }
    }

    /// - Throws: ``LoadError`` where `peers` has no such folder.
    init(_ name: String, peers: String) throws {
        let isCounted = name.hasPrefix("stoa-") && name.utf8.count == 6
        if isCounted, let count = name.last?.wholeNumberValue, count > 0 {
            self = .stoas(count)
            return
        }
        let kind = ServerKind.known.first { $0.name == name } ?? .other(name)
        guard kind == .stoa || FileManager.default.isExecutableFile(atPath: "\(peers)/\(name)/run") else {
            throw LoadError("no server is called \(name): there is no \(peers)/\(name)/run")
        }
        self = kind
    }

    /// How many processes of our own server it is, or nil.
    var instances: Int? {
        switch self {
        case .stoa: 1
        case .stoas(let count): count
        default: nil
        }
    }

    /// Whether it can do a scenario as we speak to it: peers are compared in what they have.
    func supports(_ scenario: Scenario, over transport: Transport) -> Bool {
        switch self {
        case .stoa, .stoas: scenario.kind != .kill || instances ?? 0 > 1
        case .floor: transport == .plain && hasEcho(scenario)
        case .uwebsockets, .nodeWS, .other: hasEcho(scenario)
        case .nchan, .centrifuge:
            scenario.kind != .echo && hasEcho(scenario) && !transport.offersDeflate
        }
    }

    private func hasEcho(_ scenario: Scenario) -> Bool {
        // Resume, presence and durable chat have no common words.
        scenario.channel == .topic && [.echo, .fanout, .idle].contains(scenario.kind)
    }

    /// How it is spoken to.
    func driver(_ scenario: Scenario, tokens: Tokens, run: String) -> any Driver {
        if scenario.kind == .echo { return EchoDriver() }
        switch self {
        case .stoa, .stoas:
            if scenario.kind == .alerts { return AlertDriver(tokens: tokens) }
            if let prices = scenario.prices { return PriceDriver(tokens: tokens, plan: prices) }
            return scenario.channel == .topic
                ? TopicDriver(tokens: tokens, payloadBytes: scenario.payloadBytes)
                : RoomDriver(tokens: tokens, payloadBytes: scenario.payloadBytes, run: run)
        case .floor, .uwebsockets, .nodeWS, .other: return BenchDriver()
        case .nchan: return NchanDriver()
        case .centrifuge: return CentrifugeDriver(payloadBytes: scenario.payloadBytes)
        }
    }
}
