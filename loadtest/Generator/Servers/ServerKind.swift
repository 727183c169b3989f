/// A server that can be put under load.
enum ServerKind: String, CaseIterable, Sendable {
    case stoa
    /// The least that any server does which writes to each socket.
    case floor
    case uwebsockets
    case nodeWS = "node-ws"
    case nchan
    case centrifuge

    /// Whether it can do a scenario as we speak to it: peers are compared in what they have.
    func supports(_ scenario: Scenario, tls: Bool, deflate: Bool) -> Bool {
        switch self {
        case .stoa: return true
        case .floor: return !tls && !deflate && hasEcho(scenario)
        case .uwebsockets, .nodeWS: return hasEcho(scenario)
        case .nchan, .centrifuge: return scenario.kind != .echo && hasEcho(scenario) && !deflate
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
        case .stoa:
            return scenario.channel == .topic
                ? TopicDriver(tokens: tokens, payloadBytes: scenario.payloadBytes)
                : RoomDriver(tokens: tokens, payloadBytes: scenario.payloadBytes, run: run)
        case .floor, .uwebsockets, .nodeWS: return BenchDriver()
        case .nchan: return NchanDriver()
        case .centrifuge: return CentrifugeDriver(payloadBytes: scenario.payloadBytes)
        }
    }
}
