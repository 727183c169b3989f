import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// Revocation and bans from the whole server; for the operator alone.
struct AccessRoutes {
    let service: AccessService

    init(_ service: AccessService) { self.service = service }

    /// The routes.
    var all: [Route] { [bans, ban, unban, banWider, unbanWider, revokePerson, revokeToken] }

    private var bans: Route {
        let service = service
        return Route(.get, "/api/v1/bans") { (request) async throws(ClientError) in
            try AccessRoutes.check(request)
            return try await Route.stored { () async throws(StorageError) in
                AccessRoutes.list(
                    try await service.bans(), try await service.walletBans(), try await service.networkBans())
            }
        }
    }

    private var ban: Route {
        let service = service
        return Route(.put, "/api/v1/bans/{}") { (request) async throws(ClientError) in
            let by = try AccessRoutes.check(request)
            let body = request.body.isEmpty ? .object([]) : try request.json
            let now = Timestamp.now()
            let until = try body.integer("until", (now.milliseconds + 1)...Int64.max)
            let ban = ServerBan(
                person: try request.subject, by: by, reason: try body.text("reason", 0...500),
                at: now, until: until.map { Timestamp(milliseconds: $0) })
            try await Route.stored { () async throws(StorageError) in try await service.ban(ban) }
            return HTTPResponse(.noContent)
        }
    }

    private var unban: Route {
        let service = service
        return Route(.delete, "/api/v1/bans/{}") { (request) async throws(ClientError) in
            try AccessRoutes.check(request)
            let person = try request.subject
            try await AccessRoutes.lifting("\"\(person.user)\" is not banned from this server.") {
                () async throws(StorageError) in try await service.unban(person)
            }
            return HTTPResponse(.noContent)
        }
    }

    private var revokePerson: Route {
        let service = service
        return Route(.post, "/api/v1/users/{}/revoke") { (request) async throws(ClientError) in
            try AccessRoutes.check(request)
            let person = try request.subject
            try await Route.stored { () async throws(StorageError) in
                try await service.revoke(person)
            }
            return HTTPResponse(.noContent)
        }
    }

    private var revokeToken: Route {
        let service = service
        return Route(.post, "/api/v1/tokens/revoke") { (request) async throws(ClientError) in
            try AccessRoutes.check(request)
            let body = try request.json
            guard let id = try body.text("jti", 1...TokenRules.tokenIDBytes) else {
                throw .invalid("jti", "Which token? Its \"jti\" is needed.")
            }
            guard let expiry = try body.integer("expires_at", 0...AccessRoutes.latest) else {
                throw .invalid("expires_at", "When the token runs out is needed: so long it is kept in mind.")
            }
            let token = RevokedToken(
                issuer: try body.text("issuer", 1...32) ?? "main", tokenID: id,
                expiresAt: Timestamp(milliseconds: expiry))
            try await Route.stored { () async throws(StorageError) in try await service.revoke(token) }
            return HTTPResponse(.noContent)
        }
    }

    // MARK: Parts

    private static let latest: Int64 = 253_402_300_799_000

    @discardableResult
    static func check(_ request: APIRequest) throws(ClientError) -> String {
        let person = try request.person
        guard person.isOperator else {
            throw ClientError(.forbidden, "Only the operator may do this.")
        }
        return person.user
    }

    /// Lifts a ban.
    ///
    /// - Parameter words: What is told where there is none.
    static func lifting(
        _ words: String, _ body: @Sendable () async throws(StorageError) -> Void
    ) async throws(ClientError) {
        do throws(StorageError) {
            try await body()
        } catch {
            if case .notFound = error { throw ClientError(.notFound, words) }
            throw error.clientError
        }
    }

    private static func list(
        _ bans: [ServerBan], _ wallets: [WalletBan], _ networks: [NetworkBan]
    ) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("bans")
        writer.beginArray()
        for ban in bans {
            writer.beginObject()
            writer.field("user", ban.person.user)
            writer.field("tenant", ban.person.tenant)
            write(BanTerms(by: ban.by, reason: ban.reason, at: ban.at, until: ban.until), to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("wallets")
        writer.beginArray()
        for ban in wallets {
            writer.beginObject()
            writer.field("chain", ban.wallet.chain)
            writer.field("address", ban.wallet.address)
            writer.field("tenant", ban.wallet.tenant)
            writer.optional("user", ban.user)
            write(ban.terms, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("networks")
        writer.beginArray()
        for ban in networks {
            writer.beginObject()
            writer.field("network", ban.network)
            write(ban.terms, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func write(_ terms: BanTerms, to writer: inout JSONWriter) {
        writer.field("by", terms.by)
        writer.optional("reason", terms.reason)
        writer.field("at", terms.at.milliseconds)
        writer.key("until")
        if let until = terms.until { writer.value(until.milliseconds) } else { writer.null() }
    }
}
