import Bytes

/// The value of `Host` (RFC 9110 §7.2): a name or an address, perhaps with a port.
public enum HTTPHost {
    /// Whether only bytes are there that a host and a port have; empty is allowed.
    ///
    /// No user name, no list, no path: each of them has been a way to make two servers see two hosts.
    public static func isValid(_ bytes: Span<UInt8>) -> Bool {
        for index in 0..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
                UInt8(ascii: ":"),
                UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"):
                continue
            default:
                guard ASCII.isAlphanumeric(bytes[index]) else { return false }
            }
        }
        return true
    }
}
