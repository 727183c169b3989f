/// A network of internet addresses, as `203.0.113.0/24` or `2001:db8::/32`; or one address.
///
/// Strict: no leading zeros, no bits behind the prefix, nothing left out. IPv4 is the part `::ffff:0:0/96` of IPv6, so
/// that an address is in a network however it is written.
public struct AddressRange: Hashable, Sendable {
    /// The first address.
    let start: UInt128
    /// Bits that all its addresses share, of 128.
    let length: Int

    private static let mapped: UInt128 = 0xFFFF_0000_0000

    /// Reads a network.
    ///
    /// - Returns: Nil where it is none, or all there are.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = AddressRange.address(parts[0]) else { return nil }
        let isIPv4 = !parts[0].contains(":")
        var length = 128
        if parts.count == 2 {
            guard let bits = AddressRange.number(parts[1], 3), (1...(isIPv4 ? 32 : 128)).contains(bits) else {
                return nil
            }
            length = isIPv4 ? bits + 96 : bits
        }
        guard address & AddressRange.mask(length) == address else { return nil }
        start = address
        self.length = length
    }

    /// Whether an address is in it.
    func contains(_ address: UInt128) -> Bool { address & AddressRange.mask(length) == start }

    static func mask(_ length: Int) -> UInt128 { length == 0 ? 0 : UInt128.max << UInt128(128 - length) }

    /// The number of an address; nil where the text is none.
    static func address(_ text: some StringProtocol) -> UInt128? {
        guard text.utf8.count <= 45 else { return nil }
        if text.contains(":") { return ipv6(String(text)) }
        return ipv4(String(text)).map { mapped | UInt128($0) }
    }

    private static func number(_ text: some StringProtocol, _ digits: Int) -> Int? {
        guard (1...digits).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            text == "0" || text.utf8.first != 48
        else { return nil }
        return Int(text)
    }

    private static func ipv4(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let byte = number(part, 3), byte <= 255 else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    private static func ipv6(_ text: String) -> UInt128? {
        guard let gap = text.firstRange(of: "::") else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return joined(groups)
        }
        let (before, after) = (text[..<gap.lowerBound], text[gap.upperBound...])
        guard !after.hasPrefix(":"), let left = before.isEmpty ? [] : groups(String(before)),
            let right = after.isEmpty ? [] : groups(String(after)), left.count + right.count <= 7
        else { return nil }
        return joined(left + [UInt16](repeating: 0, count: 8 - left.count - right.count) + right)
    }

    /// Groups of 16 bits; an IPv4 address at the end is two.
    private static func groups(_ text: String) -> [UInt16]? {
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let tail = ipv4(String(part)) else { return nil }
                groups += [UInt16(tail >> 16), UInt16(truncatingIfNeeded: tail)]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.first != 43,
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}

extension AddressRange: CustomStringConvertible {
    /// The network in one way of writing it: IPv4 with dots, IPv6 with all its groups.
    public var description: String {
        if length >= 96, start >> 32 == AddressRange.mapped >> 32 {
            let bytes = [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: start >> UInt128($0))) }
            return bytes.joined(separator: ".") + "/\(length - 96)"
        }
        let groups = (0..<8).map {
            String(UInt16(truncatingIfNeeded: start >> UInt128(112 - $0 * 16)), radix: 16)
        }
        return groups.joined(separator: ":") + "/\(length)"
    }
}
