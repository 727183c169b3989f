import Reactor

/// The loopback addresses that the load comes from, a few thousand connections each.
///
/// From one address to one port there are 28,000 ports at most, and beyond half of them, those in TIME_WAIT counted,
/// each `connect` searches for up to a millisecond, in which the load measures nobody's latency but its own.
struct SourceAddresses {
    static let connectionsEach = 4000
    private static let addresses = 200

    private let isLoopback: Bool
    private var count = 0

    init(to target: SocketAddress) {
        isLoopback = target.family == .ipv4 && target.host.hasPrefix("127.")
    }

    /// Where the next connection comes from; nil where the kernel is to choose.
    mutating func next() -> SocketAddress? {
        guard isLoopback else { return nil }
        let number = count / SourceAddresses.connectionsEach % SourceAddresses.addresses
        count += 1
        return SocketAddress(host: "127.0.0.\(2 + number)", port: 0)
    }
}
