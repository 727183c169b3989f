import Reactor

/// How much of clients' addresses the record keeps.
public enum AuditAddresses: String, CaseIterable, Sendable {
    /// The address.
    case full
    /// Its network: 24 bits of IPv4, 64 of IPv6.
    case network
    /// Nothing.
    case none

    /// What is kept of an address.
    func kept(_ host: String) -> String? {
        guard self != .none, let bytes = SocketAddress(host: host, port: 0)?.addressBytes else { return nil }
        if self == .full { return host }
        guard bytes.count == 4 else { return ClientNetwork.key(of: host) }
        return "\(bytes[0]).\(bytes[1]).\(bytes[2]).0/24"
    }
}
