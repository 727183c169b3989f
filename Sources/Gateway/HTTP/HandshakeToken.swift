import Bytes
import ClientProtocol
import HTTP
import Identity

/// What the processes of a service said to a ticket.
public struct RedeemedTicket: Sendable {
    private let redemption: TicketDesk.Redemption

    init(_ redemption: TicketDesk.Redemption) { self.redemption = redemption }

    /// The token that it was given for; nil where it is good nowhere, or nobody can say.
    var token: String? {
        guard case .token(let token) = redemption else { return nil }
        return token
    }

    /// Why it opens nothing.
    var refusal: ClientError {
        guard redemption == .away else { return HandshakeToken.noTicket }
        return ClientError(
            .unavailable, "The ticket cannot be looked up at present. Try again with it, or with a new one.",
            retryAfter: 1000)
    }
}

/// Who opens a connection that stays: by a token in a field or as a sub-protocol, or by a ticket.
enum HandshakeToken {
    /// Why nobody is known yet.
    enum Failure: Error {
        case refused(ClientError)
        /// It is looked at again when the keys of an issuer have been asked for.
        case awaitsKeys(issuer: Int)
        /// It is looked at again when the other processes have been asked for a ticket.
        case awaitsTicket(String)
    }

    /// The person of a handshake; nil where it carries neither a token nor a ticket. A ticket is taken.
    ///
    /// - Parameters:
    ///   - offered: The sub-protocols that the client offers.
    ///   - mayWait: Whether keys may be asked for.
    ///   - redeemed: What the other processes said to its ticket; nil before they were asked.
    static func principal(
        _ head: HTTPRequestHead, offered: [String] = [], _ context: GatewayContext, mayWait: Bool,
        redeemed: RedeemedTicket?
    ) throws(Failure) -> Principal? {
        do throws(BearerToken.Failure) {
            if let sent = try BearerToken.principal(head.headers, context.verifier, mayWait: mayWait) {
                return sent
            }
            if let token = redeemed?.token {
                return try BearerToken.verify(token, context.verifier, mayWait: mayWait)
            }
            if let sent = try HandshakeToken.offered(offered, context.verifier, mayWait: mayWait) {
                return sent
            }
        } catch {
            switch error {
            case .awaitsKeys(let issuer): throw .awaitsKeys(issuer: issuer)
            case .refused(let error): throw .refused(error)
            }
        }
        guard let ticket = head.target.queryValue("ticket") else { return nil }
        if let redeemed { throw .refused(redeemed.refusal) }
        let taken: Principal?
        do throws(ClientError) {
            taken = try person(of: ticket, context)
        } catch {
            throw .refused(error)
        }
        guard let taken else { throw .awaitsTicket(ticket) }
        return taken
    }

    /// The token that came as a sub-protocol, the one way for a browser's script to send one in the handshake.
    private static func offered(
        _ protocols: [String], _ verifier: TokenVerifier, mayWait: Bool
    ) throws(BearerToken.Failure) -> Principal? {
        let prefix = "stoa.bearer."
        guard let offer = protocols.first(where: { $0.hasPrefix(prefix) }) else { return nil }
        let encoded = String(offer.dropFirst(prefix.count))
        guard let bytes = Base64.decodeURL(encoded.utf8Span.span), let token = String(utf8: bytes.span) else {
            throw .refused(ClientError(.tokenInvalid, "The sub-protocol's token is not base64url."))
        }
        return try BearerToken.verify(token, verifier, mayWait: mayWait)
    }

    fileprivate static let noTicket = ClientError(
        .tokenInvalid, "The ticket was used, has run out or never was one.")

    /// The person of a ticket, which is taken: a bearer's token would have come in a field, never in the query.
    ///
    /// - Returns: Nil where the other processes have to be asked.
    private static func person(
        of ticket: String, _ context: GatewayContext
    ) throws(ClientError) -> Principal? {
        let principal: Principal
        switch context.tickets.take(ticket) {
        case .taken(let person): principal = person
        case .shared: return nil
        case .none: throw noTicket
        }
        do throws(TokenError) {
            try context.verifier.check(principal)
        } catch {
            throw BearerToken.refusal(error)
        }
        return principal
    }
}
