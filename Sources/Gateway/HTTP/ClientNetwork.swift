import Reactor

/// The network that a client's limits are counted by.
enum ClientNetwork {
    /// An IPv4 address, the first 64 bits of an IPv6 one – who has one of these has all of them –, or the text itself
    /// where it is neither.
    static func key(of host: String) -> String {
        guard let bytes = SocketAddress(host: host, port: 0)?.addressBytes, bytes.count == 16 else {
            return host
        }
        let network = Array(bytes[..<8]) + [UInt8](repeating: 0, count: 8)
        return SocketAddress(addressBytes: network, port: 0).map { $0.host + "/64" } ?? host
    }
}
