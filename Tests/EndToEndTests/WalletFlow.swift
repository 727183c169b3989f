import Bytes
import JSON
import StoaTesting
import TestWallet
import Testing

/// Signing in with a wallet, step by step, as a page does it.
enum WalletFlow {
    static let page = ["Origin": "https://app.example"]

    static func server(_ settings: [String: String] = [:]) async throws -> ServerProcess {
        var all = ["wallet.origins": "https://app.example,https://other.example", "limits.sign_ins": "0"]
        all.merge(settings) { $1 }
        return try await ServerProcess(all)
    }

    static func challenge(
        _ server: ServerProcess, _ fields: String, token: String? = nil, headers: [String: String] = page
    ) async throws -> HTTPAnswer {
        try await server.http(
            "POST", "/api/v1/auth/wallet/challenge", "{\(fields)}", token: token, headers: headers)
    }

    /// The text of a challenge for a Solana wallet.
    static func text(
        _ server: ServerProcess, _ wallet: TestWallet, _ purpose: String = "sign_in", token: String? = nil
    ) async throws -> String {
        let fields = #""chain":"solana","address":"\#(wallet.solana)","purpose":"\#(purpose)""#
        let answer = try await challenge(server, fields, token: token)
        return try #require(answer.json?["text"]?.string, "\(answer.text)")
    }

    /// A proof's body.
    static func proof(
        _ wallet: TestWallet, _ message: [UInt8], more: String = "", address: String? = nil
    ) -> String {
        let signature = wallet.sign(message)
        return #"{"chain":"solana","address":"\#(address ?? wallet.solana)","signed_message":""#
            + Base64.encode(message.span) + #"","signature":""# + Base64.encode(signature.span) + "\"\(more)}"
    }

    static func verify(
        _ server: ServerProcess, _ body: String, headers: [String: String] = page
    ) async throws -> HTTPAnswer {
        try await server.http("POST", "/api/v1/auth/wallet/verify", body, headers: headers)
    }

    static func signIn(_ server: ServerProcess, _ wallet: TestWallet) async throws -> (
        token: String, id: String
    ) {
        let text = try await text(server, wallet)
        let answer = try await verify(server, proof(wallet, Array(text.utf8)))
        #expect(answer.status == 200, "\(answer.text)")
        let token = try #require(answer.json?["access_token"]?.string)
        return (token, try #require(answer.json?["user"]?["id"]?.string))
    }
}
