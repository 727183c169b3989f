import Bytes

/// The header with which a proxy begins a connection to tell whose it is: the PROXY protocol, versions 1 and 2
/// (haproxy.org, proxy-protocol.txt).
public struct ProxyHeader: Equatable, Sendable {
    /// Why bytes are no such header.
    public enum Malformed: Error, Equatable, Sendable { case header }

    /// Whose connection it is, in either form; nil where the proxy speaks for itself (health checks).
    public enum Source: Equatable, Sendable {
        /// As version 1 writes it.
        case text(String, port: UInt16)
        /// In network byte order, 4 or 16 bytes, as version 2 writes it.
        case bytes([UInt8], port: UInt16)
    }

    /// Whose connection it is.
    public let source: Source?
    /// How many bytes the header has.
    public let length: Int

    /// A header's greatest length that is waited for: version 2 with generous extensions.
    public static let byteLimit = 1024

    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

    /// Reads a header from the beginning of a connection.
    ///
    /// - Returns: nil where more bytes are needed.
    public static func parse(_ bytes: Span<UInt8>) throws(Malformed) -> ProxyHeader? {
        guard bytes.count > 0 else { return nil }
        if bytes[0] == UInt8(ascii: "P") { return try parseText(bytes) }
        let compared = min(bytes.count, signature.count)
        for index in 0..<compared where bytes[index] != signature[index] { throw .header }
        return bytes.count < 16 ? nil : try parseBinary(bytes)
    }

    private static func parseText(_ bytes: Span<UInt8>) throws(Malformed) -> ProxyHeader? {
        let start = "PROXY "
        for (index, byte) in start.utf8.enumerated() where index < bytes.count && bytes[index] != byte {
            throw .header
        }
        // The longest line has 107 bytes with its end.
        var end = 0
        while end + 1 < min(bytes.count, 107), !(bytes[end] == 13 && bytes[end + 1] == 10) { end += 1 }
        guard end + 1 < min(bytes.count, 107) else {
            if bytes.count >= 107 { throw .header }
            return nil
        }
        guard let line = String(utf8: bytes.extracting(0..<end)) else { throw .header }
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        if words.count >= 2, words[1] == "UNKNOWN" { return ProxyHeader(source: nil, length: end + 2) }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6", let port = UInt16(words[4]),
            UInt16(words[5]) != nil
        else { throw .header }
        return ProxyHeader(source: .text(String(words[2]), port: port), length: end + 2)
    }

    private static func parseBinary(_ bytes: Span<UInt8>) throws(Malformed) -> ProxyHeader? {
        guard bytes[12] >> 4 == 2, bytes[12] & 15 <= 1 else { throw .header }
        let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
        guard length <= byteLimit else { throw .header }
        guard bytes.count >= length else { return nil }
        // The command LOCAL: the proxy's own connection.
        guard bytes[12] & 15 == 1 else { return ProxyHeader(source: nil, length: length) }
        let size: Int
        switch bytes[13] >> 4 {
        case 1: size = 4
        case 2: size = 16
        default: return ProxyHeader(source: nil, length: length)
        }
        guard length >= 16 + size * 2 + 4 else { throw .header }
        let address = [UInt8](bytes.extracting(16..<(16 + size)))
        let port = UInt16(bytes[16 + size * 2]) << 8 | UInt16(bytes[17 + size * 2])
        return ProxyHeader(source: .bytes(address, port: port), length: length)
    }
}
