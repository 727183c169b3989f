import Bytes
import Foundation
import JSON
import StoaTesting
import TestWallet
import Testing

@Suite("Signing in with a wallet")
struct WalletTests {
    @Test("a wallet signs in its person, again and again, and the token opens rooms")
    func signIn() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(1)
        let first = try await WalletFlow.signIn(server, wallet)
        #expect(first.id.hasPrefix("wallet_"))
        #expect(try await WalletFlow.signIn(server, wallet).id == first.id)
        #expect(try await WalletFlow.signIn(server, TestWallet(2)).id != first.id)
        let room = try await server.http(
            "POST", "/api/v1/rooms", #"{"name":"Algebra","type":"public"}"#, token: first.token)
        let id = try #require(room.json?["id"]?.string, "\(room.text)")
        let client = try await TestClient(server, token: first.token)
        #expect(try await client.request("join", #""room":"\#(id)""#)["role"]?.string == "owner")
        await server.stop()
        try await server.start()
        #expect(try await WalletFlow.signIn(server, wallet).id == first.id)

        // The tokens are the server's own: they are renewed, and taken back, like any.
        let text = try await WalletFlow.text(server, wallet)
        let answer = try await WalletFlow.verify(server, WalletFlow.proof(wallet, Array(text.utf8)))
        let refresh = try #require(answer.json?["refresh_token"]?.string)
        let next = try await server.http("POST", "/api/v1/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#)
        let renewed = try #require(next.json?["access_token"]?.string, "\(next.text)")
        let back = try await TestClient(server, token: renewed)
        let out = try await server.http("POST", "/api/v1/auth/logout", "{}", token: renewed)
        #expect(out.status == 204)
        #expect(try await back.closeCode() == 4502)
        await server.stop()
    }

    @Test(
        "what wallets of hardware put around the text is taken off; a wallet may fill in its address itself")
    func headers() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(1)
        let domain = [0xFF] + Array("solana offchain".utf8)
        for form in ["v1", "v0", "short"] {
            let text = Array(try await WalletFlow.text(server, wallet).utf8)
            let length = [UInt8(text.count & 0xFF), UInt8(text.count >> 8)]
            let message: [UInt8] =
                switch form {
                case "v1": domain + [1, 1] + wallet.key + text
                case "v0":
                    domain + [0] + [UInt8](repeating: 0, count: 32) + [1, 1] + wallet.key + length + text
                default: domain + [0, 1] + length + text
                }
            let answer = try await WalletFlow.verify(server, WalletFlow.proof(wallet, message))
            #expect(answer.status == 200, "\(form): \(answer.text)")
        }
        let open = try await WalletFlow.challenge(server, #""chain":"solana""#)
        #expect(open.json?["text"]?.isNull == true)
        let fields = try #require(open.json?["challenge"])
        func field(_ name: String) -> String { fields[name]?.string ?? "?" }
        let text = """
            \(field("domain")) wants you to sign in with your Solana account:
            \(wallet.solana)

            \(field("statement"))

            URI: \(field("uri"))
            Version: 1
            Chain ID: \(field("chain_id"))
            Nonce: \(field("nonce"))
            Issued At: \(field("issued_at"))
            Expiration Time: \(field("expiration_time"))
            Request ID: \(field("request_id"))
            """
        let answer = try await WalletFlow.verify(server, WalletFlow.proof(wallet, Array(text.utf8)))
        #expect(answer.status == 200, "\(answer.text)")
        await server.stop()
    }

    @Test("a wallet of the XRP Ledger signs in by its key")
    func xrpl() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(1)
        let made = try await WalletFlow.challenge(server, #""chain":"xrpl","address":"\#(wallet.xrpl)""#)
        let message = Array(try #require(made.json?["text"]?.string, "\(made.text)").utf8)
        let signature = wallet.sign(message)
        let body =
            #"{"chain":"xrpl","address":"\#(wallet.xrpl)","signed_message":""# + Base64.encode(message.span)
            + #"","signature":""# + Base64.encode(signature.span)
        let bare = try await WalletFlow.verify(server, body + "\"}")
        #expect(bare.code == "signature_invalid")
        #expect(bare.json?["field"]?.string == "public_key")
        let key = wallet.xrplKey
        let answer = try await WalletFlow.verify(
            server, body + #"","public_key":""# + Base64.encode(key.span) + "\"}")
        #expect(answer.status == 200, "\(answer.text)")
        await server.stop()
    }

    @Test("of 50 who send one proof at once one gets in")
    func oneOfMany() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(1)
        let body = WalletFlow.proof(wallet, Array(try await WalletFlow.text(server, wallet).utf8))
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 {
                group.addTask { try await WalletFlow.verify(server, body).code ?? "in" }
            }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(codes == ["in": 1, "challenge_invalid": 49])
        await server.stop()
    }

    @Test("hostile sign-ins get their typed refusals, and none of them burns the challenge")
    func hostile() async throws {
        let server = try await WalletFlow.server()
        let (wallet, thief) = (TestWallet(1), TestWallet(2))
        let text = try await WalletFlow.text(server, wallet)
        func changed(_ old: String, _ new: String) -> [UInt8] {
            Array(text.replacingOccurrences(of: old, with: new).utf8)
        }
        let good = WalletFlow.proof(wallet, Array(text.utf8))
        let system = String(repeating: "1", count: 32)
        for (name, body, code) in [
            (
                "another's signature", WalletFlow.proof(thief, Array(text.utf8), address: wallet.solana),
                "signature_invalid"
            ),
            ("another's wallet", WalletFlow.proof(thief, Array(text.utf8)), "challenge_invalid"),
            (
                "another's wallet in the text",
                WalletFlow.proof(thief, changed(wallet.solana, thief.solana)), "challenge_invalid"
            ),
            (
                "the System Program", WalletFlow.proof(thief, Array(text.utf8), address: system),
                "invalid_field"
            ),
            (
                "another domain",
                WalletFlow.proof(wallet, changed("app.example wants", "evil.example wants")),
                "challenge_invalid"
            ),
            (
                "a later end", WalletFlow.proof(wallet, changed("Expiration Time: 2", "Expiration Time: 3")),
                "challenge_invalid"
            ),
            ("another nonce", WalletFlow.proof(wallet, changed("Nonce: ", "Nonce: 0")), "challenge_invalid"),
            ("no message", WalletFlow.proof(wallet, Array("Hello".utf8)), "challenge_invalid"),
            (
                "a header for nobody", WalletFlow.proof(wallet, [0xFF] + Array("solana offchain".utf8)),
                "challenge_invalid"
            ),
            ("no JSON", "{", "invalid_message"), ("a list", "[]", "invalid_field"),
        ] {
            let answer = try await WalletFlow.verify(server, body)
            #expect(answer.code == code, "\(name): \(answer.text)")
            #expect(answer.json?["access_token"] == nil)
        }
        let elsewhere = try await WalletFlow.verify(
            server, good, headers: ["Origin": "https://other.example"])
        #expect(elsewhere.code == "forbidden")
        let evil = try await WalletFlow.verify(server, good, headers: ["Origin": "https://evil.example"])
        #expect(evil.code == "forbidden")
        #expect(try await WalletFlow.verify(server, good).status == 200)
        #expect(!server.log.contains(wallet.solana))
        await server.stop()
    }

    @Test("a person links wallets, each is one person's, and the last one stays")
    func links() async throws {
        let server = try await WalletFlow.server()
        let (first, second, third) = (TestWallet(1), TestWallet(2), TestWallet(3))
        let ann = try await WalletFlow.signIn(server, first)
        let bob = try await WalletFlow.signIn(server, third)
        func act(
            _ method: String, _ purpose: String, _ wallet: TestWallet, _ token: String, more: String = ""
        ) async throws -> HTTPAnswer {
            let text = try await WalletFlow.text(server, wallet, purpose, token: token)
            return try await server.http(
                method, "/api/v1/auth/wallets", WalletFlow.proof(wallet, Array(text.utf8), more: more),
                token: token, headers: WalletFlow.page)
        }
        #expect(try await act("POST", "link", second, ann.token).status == 201)
        #expect(try await act("POST", "link", second, ann.token).status == 200)
        #expect(try await act("POST", "link", second, bob.token).code == "wallet_taken")
        #expect(try await act("POST", "sign_in", TestWallet(4), ann.token).code == "challenge_invalid")
        #expect(try await WalletFlow.signIn(server, second).id == ann.id)
        let list = try await server.http("GET", "/api/v1/auth/wallets", token: ann.token)
        let addresses = list.json?["wallets"]?.array?.compactMap { $0["address"]?.string }
        #expect(addresses == [first.solana, second.solana])
        // The first one is lost: the second one takes it off.
        let lost = #","wallet":{"chain":"solana","address":"\#(first.solana)"}"#
        #expect(try await act("DELETE", "unlink", third, bob.token, more: lost).code == "not_found")
        #expect(try await act("DELETE", "unlink", second, ann.token, more: lost).status == 204)
        #expect(try await act("DELETE", "unlink", second, ann.token).code == "conflict")
        #expect(try await WalletFlow.signIn(server, first).id != ann.id)
        await server.stop()
    }

    @Test(
        "a challenge to link is for the person who asked; another site's person shows a wallet and stays theirs"
    )
    func outsiders() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(1)
        let (ann, bob) = (ServerProcess.token("u_ann"), ServerProcess.token("u_bob"))
        let text = try await WalletFlow.text(server, wallet, "link", token: ann)
        let proof = WalletFlow.proof(wallet, Array(text.utf8))
        for (token, code) in [(bob, "challenge_invalid"), (ann, nil)] {
            let answer = try await server.http(
                "POST", "/api/v1/auth/wallets", proof, token: token, headers: WalletFlow.page)
            #expect(answer.code == code)
        }
        let again = Array(try await WalletFlow.text(server, wallet).utf8)
        #expect(try await WalletFlow.verify(server, WalletFlow.proof(wallet, again)).code == "forbidden")
        await server.stop()
    }

    @Test("whoever is banned from the server gets no tokens for a good proof")
    func banned() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(1)
        let (_, id) = try await WalletFlow.signIn(server, wallet)
        let data = server.dataDirectory.path
        #expect(try await Tool.stoa("user", "ban", id, "--data-dir", data).status == 0)
        let text = Array(try await WalletFlow.text(server, wallet).utf8)
        let refused = try await WalletFlow.verify(server, WalletFlow.proof(wallet, text))
        #expect(refused.code == "banned", "\(refused.text)")
        #expect(refused.json?["access_token"] == nil)
        #expect(try await Tool.stoa("user", "unban", id, "--data-dir", data).status == 0)
        _ = try await WalletFlow.signIn(server, wallet)
        await server.stop()
    }
}
