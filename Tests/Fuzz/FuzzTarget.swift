/// A parser of bytes that others wrote, with the rules that hold for every input.
public struct FuzzTarget: Sendable, CustomStringConvertible {
    /// The name of its corpus.
    public let name: String
    /// Checks the rules for one input; stops the process where one does not hold.
    public let check: @Sendable ([UInt8]) -> Void

    public var description: String { name }

    /// All of them.
    public static let all = [
        FuzzTarget(name: "json", check: fuzzJSONReader),
        FuzzTarget(name: "decimal", check: fuzzDecimal),
        FuzzTarget(name: "tick", check: fuzzTick),
        FuzzTarget(name: "websocket", check: fuzzMessageDecoder),
        FuzzTarget(name: "inflate", check: fuzzInflater),
        FuzzTarget(name: "request", check: fuzzRequestParser),
        FuzzTarget(name: "response", check: fuzzResponseParser),
        FuzzTarget(name: "target", check: fuzzRequestTarget),
        FuzzTarget(name: "proxy", check: fuzzProxyHeader),
        FuzzTarget(name: "command", check: fuzzCommandDecoder),
        FuzzTarget(name: "token", check: fuzzTokenVerifier),
        FuzzTarget(name: "wallet", check: fuzzWallets),
        FuzzTarget(name: "email", check: fuzzEmailAddress),
        FuzzTarget(name: "pattern", check: fuzzChannelPattern),
        FuzzTarget(name: "settings", check: fuzzSettings),
        FuzzTarget(name: "gate", check: fuzzGatePolicy),
        FuzzTarget(name: "chain", check: fuzzChainAnswer),
        FuzzTarget(name: "rule", check: fuzzRule),
    ]
}
