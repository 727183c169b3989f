import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import PubSub
import Rooms
import Storage

/// Signing in with a wallet, and the wallets of who is signed in.
struct WalletRoutes {
    private let people: WalletPeople
    private let challenges: NetworkLimit
    private let proofs: NetworkLimit
    private let lost: @Sendable (String) -> Void

    /// The routes over people and their wallets.
    ///
    /// - Parameters:
    ///   - limit: How many sign-ins one account may have in a quarter of an hour; see ``NetworkLimit``.
    ///   - rates: What the processes count together; nil where this one serves alone.
    ///   - lost: Hears of everybody who has a wallet less.
    init(
        _ people: WalletPeople, limit: Int, rates: (any SharedRates)?,
        lost: @escaping @Sendable (String) -> Void
    ) {
        self.lost = lost
        self.people = people
        challenges = NetworkLimit("wallet-challenges", limit, rates)
        proofs = NetworkLimit("wallet-proofs", limit, rates)
    }

    /// The routes.
    var all: [Route] {
        let routes = self
        return [
            Route(.post, "/api/v1/auth/wallet/challenge") { (request) async throws(ClientError) in
                try await routes.challenge(request)
            },
            Route(.post, "/api/v1/auth/wallet/verify") { (request) async throws(ClientError) in
                try await routes.verify(request)
            },
            Route(.get, "/api/v1/auth/wallets") { (request) async throws(ClientError) in
                try await routes.list(request)
            },
            Route(.post, "/api/v1/auth/wallets") { (request) async throws(ClientError) in
                try await routes.link(request)
            },
            Route(.delete, "/api/v1/auth/wallets") { (request) async throws(ClientError) in
                try await routes.unlink(request)
            },
        ]
    }

    // MARK: Signing in

    private func challenge(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try await challenges.check(request)
        let body = try request.json
        let chain = try WalletBody.chain(body)
        let address = try body.text("address", 1...64)
        let purpose = try WalletBody.purpose(body)
        let person = purpose == .signIn ? nil : try request.person
        let visitor = try visitor(request, person)
        let challenge: WalletChallenge
        do throws(WalletError) {
            challenge = try await people.signIn.challenge(purpose, chain, address: address, for: visitor)
        } catch {
            throw refusal(error)
        }
        return WalletBody.answer(challenge)
    }

    private func refusal(_ error: WalletError) -> ClientError {
        guard case .tooManyChallenges(ofClient: true, let wait) = error else { return error.clientError }
        let settings = people.signIn.settings
        let quota = RateQuota(settings.challengesPerClient, per: settings.lifetimeMilliseconds)
        let excess = RateExcess(quota, wait: wait, reset: settings.lifetimeMilliseconds)
        return .beyond(excess, "challenges", error.clientError.message)
    }

    private func verify(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try await proofs.check(request)
        let proof = try WalletBody.proof(try request.json)
        let visitor = try visitor(request, nil)
        let person = try await refusing { () async throws(WalletRefusal) in
            try await people.signIn(proof, by: visitor)
        }
        return SignInRoutes.answer(person)
    }

    // MARK: One's own wallets

    private func list(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        let wallets = try await refusing { () async throws(WalletRefusal) in
            try await people.list(of: person.user, tenant: person.tenant)
        }
        return WalletBody.answer(wallets)
    }

    private func link(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        try await proofs.check(request)
        let proof = try WalletBody.proof(try request.json)
        let visitor = try visitor(request, person)
        let linked = try await refusing { () async throws(WalletRefusal) in
            try await people.link(proof, name: person.name, by: visitor)
        }
        return WalletBody.answer(linked.wallet, linked.isNew ? .created : .ok)
    }

    private func unlink(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        try await proofs.check(request)
        let body = try request.json
        let proof = try WalletBody.proof(body)
        let (chain, address) = try WalletBody.wallet(body) ?? (proof.chain, proof.address)
        let visitor = try visitor(request, person)
        try await refusing { () async throws(WalletRefusal) in
            try await people.unlink(chain: chain, address: address, proof, by: visitor)
        }
        lost(person.user)
        return HTTPResponse(.noContent)
    }

    // MARK: Who asks

    /// Refuses what a page of another site makes a browser send: a form can post, but not JSON; a script names its
    /// origin.
    private func visitor(
        _ request: APIRequest, _ person: Principal?
    ) throws(ClientError) -> WalletVisitor {
        try request.requireJSON()
        guard let origin = people.signIn.settings.origin(request.headers["origin"], host: request.host) else {
            throw WalletError.origin.clientError
        }
        return WalletVisitor(
            origin: origin, client: ClientNetwork.key(of: request.client), person: person?.user,
            tenant: person?.tenant ?? Principal.homeTenant)
    }

    private func refusing<R>(
        _ body: () async throws(WalletRefusal) -> R
    ) async throws(ClientError) -> R {
        do throws(WalletRefusal) {
            return try await body()
        } catch {
            throw error.clientError
        }
    }
}
