import Bytes
import HTTP
import Reactor

/// A text that is neither an address nor a network.
public struct AddressError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// What is wrong with it.
    public var description: String { "\"\(text)\" is neither an address nor a network as 10.0.0.0/8" }
}

/// Proxies whose word about their clients' addresses is taken.
struct TrustedProxies: Sendable {
    private struct Network: Sendable {
        let bytes: [UInt8]
        let bits: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            let whole = bits / 8
            guard address[..<whole] == bytes[..<whole] else { return false }
            let rest = bits % 8
            return rest == 0 || (address[whole] ^ bytes[whole]) >> UInt8(8 - rest) == 0
        }
    }

    private var networks: [Network] = []
    private var trustsUnixSockets = false

    init(_ texts: [String]) throws(AddressError) {
        for text in texts {
            if text == "unix" {
                trustsUnixSockets = true
                continue
            }
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let bytes = SocketAddress(host: String(parts[0]), port: 0)?.addressBytes
            else {
                throw AddressError(text: text)
            }
            let bits = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
            guard let bits, (0...(bytes.count * 8)).contains(bits) else { throw AddressError(text: text) }
            networks.append(Network(bytes: bytes, bits: bits))
        }
    }

    /// Whether a peer is one of them.
    func contains(_ peer: SocketAddress) -> Bool {
        if peer.family == .unix { return trustsUnixSockets }
        guard !networks.isEmpty, let bytes = peer.addressBytes else { return false }
        return networks.contains { $0.contains(bytes) }
    }

    private func contains(_ host: String) -> Bool {
        SocketAddress(host: host, port: 0).map { contains($0) } ?? false
    }

    /// The client behind a request: the last address in the chain that is not a proxy of ours.
    ///
    /// What stands further left may be the client's invention.
    func client(of head: HTTPRequestHead, peer: SocketAddress) -> String {
        guard contains(peer) else { return peer.host }
        var chain = head.headers.values("forwarded").flatMap(TrustedProxies.forwarded)
        if chain.isEmpty {
            chain = head.headers.values("x-forwarded-for").flatMap {
                $0.split(separator: ",").map { TrustedProxies.bare(String($0)) }
            }
        }
        for address in chain.reversed() {
            guard SocketAddress(host: address, port: 0) != nil else { return peer.host }
            if !contains(address) { return address }
        }
        return chain.first ?? peer.host
    }

    /// The `for` parameters of a `Forwarded` field (RFC 7239 §4).
    private static func forwarded(_ value: String) -> [String] {
        value.split(separator: ",").compactMap { element in
            for pair in element.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, TrustedProxies.trim(String(parts[0])).lowercased() == "for" else {
                    continue
                }
                return bare(String(parts[1]))
            }
            return nil
        }
    }

    /// An address without quotes, brackets and port.
    private static func bare(_ text: String) -> String {
        var text = trim(text).filter { $0 != "\"" }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            text = String(text[..<colon])
        }
        return text
    }

    private static func trim(_ text: String) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
