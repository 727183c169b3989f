/// Which addresses a request may go to, judged by the number that is connected to, whatever name led there.
public enum AddressPolicy: Sendable, Equatable {
    /// Every address: for what the operator has configured.
    case any
    /// Addresses of the public internet alone: for what somebody else has asked for, who must not reach this network.
    case publicOnly

    /// Whether an address may be connected to.
    ///
    /// - Parameters:
    ///   - address: 4 or 16 bytes.
    ///   - isEncrypted: Whether TLS protects the request: without it only this machine's own addresses are allowed.
    func admits(_ address: [UInt8], isEncrypted: Bool) -> Bool {
        let address = AddressPolicy.unmapped(address)
        guard isEncrypted || AddressPolicy.isLoopback(address) else { return false }
        return self == .any || AddressPolicy.isPublic(address)
    }

    /// An IPv4 address that came as an IPv6 one (RFC 4291 §2.5.5.2), by itself.
    private static func unmapped(_ address: [UInt8]) -> [UInt8] {
        let prefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return address.count == 16 && address.starts(with: prefix) ? Array(address[12...]) : address
    }

    private static func isLoopback(_ address: [UInt8]) -> Bool {
        address.count == 4 ? address[0] == 127 : address == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Whether an address is one of the public internet (the registries of RFC 6890).
    private static func isPublic(_ address: [UInt8]) -> Bool {
        guard address.count == 4 else { return isPublicIPv6(address) }
        switch (address[0], address[1], address[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _), (224..., _, _): return false
        case (100, 64...127, _), (172, 16...31, _), (198, 18...19, _): return false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 51, 100), (203, 0, 113): return false
        default: return true
        }
    }

    private static func isPublicIPv6(_ address: [UInt8]) -> Bool {
        // Global unicast is 2000::/3; in it Teredo, documentation and 6to4 lead to other networks or nowhere.
        guard address.count == 16, address[0] & 0xE0 == 0x20 else { return false }
        let start = Array(address[..<4])
        let isSpecial =
            start[..<2] == [0x20, 0x02] || start[..<3] == [0x20, 0x01, 0x00]
            || start[..<3] == [0x20, 0x01, 0x01] || start == [0x20, 0x01, 0x0D, 0xB8]
        return !isSpecial && start[..<2] != [0x3F, 0xFF]
    }
}
