import Bytes
import JSON
import StoaTesting
import TestWallet
import Testing

/// A server whose rooms can be gated by what wallets hold on a ledger of its own.
struct GateBench: Sendable {
    let ledger: Ledger
    let server: ServerProcess
    /// A token of no decimals.
    let mint: String

    /// - Parameters:
    ///   - settings: Beside those that make gates quick.
    ///   - given: A ledger that settings name.
    ///   - shared: A token that another server's rooms ask for.
    init(
        _ settings: [String: String] = [:], ledger given: Ledger? = nil, mint shared: String? = nil
    ) async throws {
        if let given { ledger = given } else { ledger = try await Ledger() }
        if let shared { mint = shared } else { mint = try await ledger.createMint(decimals: 2) }
        var all = [
            "solana.rpc": "\(ledger.node("a")),\(ledger.node("b"))", "solana.requests_per_second": "0",
            "gates.cache_ms": "0", "gates.sweep_ms": "150", "gates.recheck_ms": "50",
            "gates.timeout_ms": "1000", "gates.questions": "0", "presence.grace_ms": "0",
        ]
        all.merge(settings) { $1 }
        server = try await WalletFlow.server(all)
    }

    /// Gives a person a wallet that holds so much.
    ///
    /// - Parameter number: Which wallet: each is one person's.
    @discardableResult
    func give(_ user: String, wallet number: Int, _ amount: UInt64) async throws -> TestWallet {
        let wallet = TestWallet(number)
        try await ledger.importWallet(seed: wallet.seed)
        if amount > 0 { try await ledger.mint(mint, to: wallet.solana, amount) }
        let token = ServerProcess.token(user)
        let text = try await WalletFlow.text(server, wallet, "link", token: token)
        let answer = try await server.http(
            "POST", "/api/v1/auth/wallets", WalletFlow.proof(wallet, Array(text.utf8)), token: token,
            headers: WalletFlow.page)
        guard answer.status == 201 else { throw TestFailure("\(user) has no wallet: \(answer.text)") }
        return wallet
    }

    /// Moves tokens out of a wallet to nobody in particular.
    func sell(_ wallet: TestWallet, _ amount: Int64) async throws {
        let buyer = try await ledger.wallet()
        try await ledger.transfer(mint, from: wallet.solana, to: buyer, amount)
    }

    /// A room that asks for so much of the token.
    func room(_ amount: Int = 10) async throws -> String { try await room(fields: token(amount)) }

    /// - Parameter fields: The gate's, as JSON without braces.
    func room(fields: String) async throws -> String {
        let answer = try await call("u_owner", "POST", "/api/v1/rooms", #"{"name":"Holders",\#(fields)}"#)
        guard let id = answer.json?["id"]?.string else { throw TestFailure("no room: \(answer.text)") }
        return id
    }

    /// The short form of a gate.
    func token(_ amount: Int) -> String {
        #""type":"token_gated","access_token_mint":"\#(mint)","access_token_min_amount":"\#(amount)""#
    }

    func client(_ user: String) async throws -> TestClient {
        try await TestClient(server, token: ServerProcess.token(user))
    }

    /// A connection that has joined.
    func member(_ user: String, of room: String, _ members: String = "") async throws -> TestClient {
        let client = try await client(user)
        try await client.request("join", #""room":"\#(room)""# + members)
        return client
    }

    /// Why somebody may not join.
    func refusal(_ user: String, _ room: String, _ members: String = "") async throws -> JSONValue {
        do {
            _ = try await member(user, of: room, members)
        } catch let refused as Refused {
            return refused.reply
        }
        throw TestFailure("\(user) has joined")
    }

    func call(
        _ user: String, _ method: String, _ path: String, _ body: String? = nil
    ) async throws -> HTTPAnswer {
        try await server.http(method, path, body, token: ServerProcess.token(user))
    }

    /// Makes both nodes fail, or heals them.
    func fault(_ fault: String?) async throws {
        for node in ["a", "b"] { try await ledger.fault(node, fault) }
    }

    /// The rooms that a person is a member of.
    func rooms(of user: String) async throws -> [String] {
        let answer = try await call(user, "GET", "/api/v1/me/rooms")
        return (answer.json?["rooms"]?.array ?? []).compactMap { $0["id"]?.string }
    }
}
