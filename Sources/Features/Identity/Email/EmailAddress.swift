/// A mail address as sign-ins take it: strict, and in one form, so that one mailbox is one person.
///
/// What RFC 5321 allows and nobody uses is refused: quoted local parts, comments, address literals, hosts without a
/// dot, anything but ASCII (a domain in another script is given as it is in the DNS). So nothing in an address can
/// begin another line or recipient. Letters are lower-cased, also before the `@`: the few hosts that tell `Ann` from
/// `ann` get the code at `ann`, so that nobody signs in at another's mailbox.
public struct EmailAddress: Hashable, Sendable {
    /// The greatest length in bytes (RFC 5321 §4.5.3.1, with its erratum 1690).
    public static let byteLimit = 254

    /// The address in lower case.
    public let text: String
    /// What is behind the `@`.
    public let domain: String

    /// Reads an address; nil where it is none.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= EmailAddress.byteLimit, let at = bytes.firstIndex(of: UInt8(ascii: "@")),
            EmailAddress.isLocal(bytes[..<at]), EmailAddress.isDomain(bytes[(at + 1)...])
        else { return nil }
        let lower = text.lowercased()
        self.text = lower
        domain = String(lower.utf8.suffix(bytes.count - at - 1)) ?? ""
    }

    /// 1 to 64 characters of a dot-atom (RFC 5322 §3.2.3).
    private static func isLocal(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (1...64).contains(bytes.count) else { return false }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            atom in
            !atom.isEmpty && atom.allSatisfy(isAtomText)
        }
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || Array("!#$%&'*+-/=?^_`{|}~".utf8).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// A host of the DNS: two labels at least, the last one not a number.
    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard bytes.count <= 253, labels.count >= 2, let last = labels.last else { return false }
        guard last.contains(where: { !(0x30...0x39).contains($0) }) else { return false }
        return labels.allSatisfy { label in
            let hyphen = UInt8(ascii: "-")
            return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
        }
    }
}
