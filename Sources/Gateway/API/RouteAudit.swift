import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// What the record keeps of a route's requests: whom or what they are about, and which fields of theirs.
struct RouteAudit: Sendable {
    /// Where the target's name is.
    enum Target: Sendable {
        case none
        /// In the path.
        case parameter(Int)
        /// In the body.
        case body(String)
        /// In the answer.
        case answer(String)
    }

    /// What is done, as `ban.add`.
    let action: String
    var target = Target.none
    /// Which of the path's parameters is a room.
    var room: Int?
    /// Fields of the body that are kept. Never a secret, a code, a signature, a token.
    var details: [String] = []
    /// A field of the body that the action's name ends with.
    var suffix: String?
    /// Whether what people do to themselves is left out.
    var leavesOutOneself = false
    /// Whether only its refusals are kept, as of sign-ins.
    var keepsOnlyRefusals = false

    /// Refusals worth keeping. The rest are mistakes: a field that is wrong, a thing that is not there.
    static let refusals: Set<ErrorCode> = [
        .forbidden, .unauthenticated, .banned, .tokenInvalid, .tokenRevoked, .codeInvalid, .signatureInvalid,
        .challengeInvalid, .walletTaken, .rateLimited,
    ]

    /// The line of a request; nil where none is kept.
    ///
    /// - Parameters:
    ///   - answer: The answer's body, where there is one.
    ///   - outcome: Why it was refused; nil where it was done.
    func record(
        _ request: APIRequest, answer: [UInt8] = [], refusedAs outcome: ErrorCode? = nil,
        _ addresses: AuditAddresses
    ) -> AuditRecord? {
        if let outcome { guard RouteAudit.refusals.contains(outcome) else { return nil } }
        if outcome == nil, keepsOnlyRefusals { return nil }
        let body = try? JSONValue(parsing: request.body.span)
        let actor = request.principal
        let room = room.map { request.parameters[$0] }
        let target = name(request, body, answer)
        if leavesOutOneself, outcome == nil, target == actor?.user { return nil }
        var action = action
        if let suffix, let text = body?[suffix]?.string, text.utf8.count <= 16 { action += "." + text }
        // Rooms are the default tenant's, whoever comes into them.
        let home = Principal.homeTenant
        let tenant = room == nil ? request.query("tenant") ?? actor?.tenant ?? home : home
        return AuditRecord(
            tenant: tenant, actor: actor?.user ?? "", action: action, room: room, target: target,
            details: kept(body), address: addresses.kept(request.client), requestID: request.requestID,
            outcome: outcome?.rawValue ?? AuditRecord.done)
    }

    private func name(_ request: APIRequest, _ body: JSONValue?, _ answer: [UInt8]) -> String? {
        switch target {
        case .none: return nil
        case .parameter(let index): return request.parameters[index]
        case .body(let field):
            guard let text = body?[field]?.string, text.utf8.count <= 128 else { return nil }
            return text
        case .answer(let field):
            let answered = try? JSONValue(parsing: answer.span)
            return answered?[field]?.string
        }
    }

    private func kept(_ body: JSONValue?) -> String? {
        let members = details.compactMap { name in
            body?[name].flatMap { $0.isNull ? nil : JSONMember(name, $0) }
        }
        guard !members.isEmpty else { return nil }
        var writer = JSONWriter()
        JSONValue.object(members).write(to: &writer)
        return writer.text()
    }
}

extension Route {
    /// Runs the handler, and keeps what it did or refused where that is to be kept.
    func run(
        _ request: APIRequest, _ trail: AuditTrail, _ addresses: AuditAddresses
    ) async throws(ClientError) -> HTTPResponse {
        guard let audit else { return try await handler(request) }
        let response: HTTPResponse
        do throws(ClientError) {
            response = try await handler(request)
        } catch {
            note(error.code, of: request, trail, addresses)
            throw error
        }
        guard let record = audit.record(request, answer: response.body, addresses) else { return response }
        do throws(StorageError) {
            try await trail.done(record)
        } catch {
            // It is done, and whoever did it must know that nobody will find it in the record.
            throw error.clientError
        }
        return response
    }

    /// Keeps the refusal of a request.
    func note(_ code: ErrorCode, of request: APIRequest, _ trail: AuditTrail, _ addresses: AuditAddresses) {
        guard let record = audit?.record(request, refusedAs: code, addresses) else { return }
        trail.refused(record, from: ClientNetwork.key(of: request.client))
    }
}
