import HTTP
import Reactor

/// A header is the same however it arrives, and ends where it says; an address that it names can be looked at.
public func fuzzProxyHeader(_ bytes: [UInt8]) {
    let whole = parse(bytes)
    var seen: [UInt8] = []
    for piece in pieces(of: bytes) {
        seen += piece
        switch parse(seen) {
        case .success(nil): continue
        case .success(let header?):
            require(header.length <= seen.count, "a header is whole")
            require(whole == .success(header), "cuts do not matter: \(whole) and \(header)")
        case .failure: require(whole == parse(seen), "what is no header does not become one")
        }
        break
    }
    guard case .success(let header?) = whole else {
        require(whole != .success(nil) || bytes.count < ProxyHeader.byteLimit, "waiting has an end")
        return
    }
    require(header.length <= ProxyHeader.byteLimit, "a header is bounded")
    require(parse(Array(bytes[..<header.length])) == whole, "what follows does not matter")
    switch header.source {
    case .text(let host, let port): _ = SocketAddress(host: host, port: port)?.host
    case .bytes(let address, let port):
        require(SocketAddress(addressBytes: address, port: port) != nil, "4 or 16 bytes are an address")
    case nil: break
    }
}

private func parse(_ bytes: [UInt8]) -> Result<ProxyHeader?, ProxyHeader.Malformed> {
    do throws(ProxyHeader.Malformed) {
        return .success(try ProxyHeader.parse(bytes.span))
    } catch {
        return .failure(error)
    }
}
