import ClientProtocol
import HTTP
import Reactor

extension HTTPConnection {
    func upgrade(
        _ head: HTTPRequestHead, _ path: WebSocketPath, _ bytes: inout MutableSpan<UInt8>, _ position: Int
    ) {
        let address = gateway.context.proxies.client(of: head, peer: client)
        route = ("GET", path.template)
        let upgrade: WebSocketUpgrade
        do throws(WebSocketUpgrade.Refusal) {
            upgrade = try WebSocketUpgrade(
                head, path, gateway.context, requestID: requestID, mayWait: !hasAskedForKeys,
                redeemed: redeemed)
        } catch {
            let (response, code): (HTTPResponse, ErrorCode)
            switch error {
            case .awaitsKeys(let issuer): return askForKeys(issuer: issuer)
            case .awaitsTicket(let ticket): return redeem(ticket)
            case .answered(let answer, let reason): (response, code) = (answer, reason)
            }
            gateway.counters.problems[code, default: 0] += 1
            if code == .forbidden { gateway.counters.refused[.origin, default: 0] += 1 }
            noteToken(code, head)
            return answered(response)
        }
        guard let departure = depart(.switchingProtocols, address: address) else { return }
        let handler = upgrade.makeHandler(connection, gateway, address: address, departure)
        connection.handler = handler
        if position < bytes.count {
            var rest = bytes._mutatingExtracting(position..<bytes.count)
            handler.connectionReceived(&rest)
        }
    }

    /// The connection becomes something else with the answer to the request at hand.
    ///
    /// - Returns: How it is counted from now on; nil where it was refused, since its address has too many.
    func depart(_ status: HTTPStatus, address: String) -> Departure? {
        if isBehindProxy {
            guard gateway.context.census.admit(client: address) else {
                let error = ClientError(
                    .rateLimited, "Too many connections from your address.", retryAfter: 5000)
                gateway.counters.refused[.address, default: 0] += 1
                refuse(error)
                return nil
            }
        }
        state = .upgraded
        count(status)
        gateway.loop.cancelTimer(&timer)
        gateway.forget(self)
        defer { countedAs = nil }
        return Departure(counted: countedAs, proxied: isBehindProxy ? address : nil)
    }
}
