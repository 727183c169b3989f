import JSON
import StoaTesting
import TestWallet
import Testing

@Suite("Limits of signing in with a wallet")
struct WalletLimitTests {
    @Test(
        "ten times what one person may in a quarter of an hour are the challenges of one address, of IPv6 one /64"
    )
    func limits() async throws {
        let server = try await WalletFlow.server([
            "limits.sign_ins": "1", "http.trusted_proxies": "127.0.0.1",
        ])
        func ask(from address: String) async throws -> HTTPAnswer {
            var headers = WalletFlow.page
            headers["X-Forwarded-For"] = address
            return try await WalletFlow.challenge(server, #""chain":"solana""#, headers: headers)
        }
        for number in 0..<10 { #expect(try await ask(from: "2001:db8::\(number)").status == 201) }
        let refused = try await ask(from: "2001:db8:0:0:ffff::1")
        #expect(refused.code == "rate_limited")
        let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
        #expect((1...90).contains(wait))
        #expect(refused.headers["ratelimit-policy"] == #""network";q=10;w=900"#)
        #expect(refused.headers["ratelimit"]?.hasPrefix(#""network";r=0;t="#) == true)
        #expect(try await ask(from: "2001:db8:0:1::1").status == 201)
        #expect(try await ask(from: "192.0.2.1").status == 201)
        await server.stop()
    }

    @Test(
        "five sign-ins in a quarter of an hour of one person, from wherever; another one is not kept waiting")
    func personLimit() async throws {
        let server = try await WalletFlow.server([
            "limits.sign_ins": "5", "http.trusted_proxies": "127.0.0.1",
        ])
        func verify(_ wallet: TestWallet, from address: String) async throws -> HTTPAnswer {
            var headers = WalletFlow.page
            headers["X-Forwarded-For"] = address
            let fields = #""chain":"solana","address":"\#(wallet.solana)""#
            let made = try await WalletFlow.challenge(server, fields, headers: headers)
            let text = try #require(made.json?["text"]?.string, "\(made.text)")
            let proof = WalletFlow.proof(wallet, Array(text.utf8))
            return try await WalletFlow.verify(server, proof, headers: headers)
        }
        for number in 1...5 {
            #expect(try await verify(TestWallet(1), from: "192.0.2.\(number)").status == 200)
        }
        let refused = try await verify(TestWallet(1), from: "192.0.2.6")
        #expect(refused.code == "rate_limited")
        #expect(refused.headers["retry-after"] != nil)
        #expect(refused.headers["ratelimit-policy"] == #""sign-ins";q=5;w=900"#)
        #expect(try await verify(TestWallet(2), from: "192.0.2.6").status == 200)
        await server.stop()
    }

    @Test("challenges that wait are bounded for one network")
    func waiting() async throws {
        let server = try await WalletFlow.server(["wallet.challenges_per_address": "2"])
        for status in [201, 201, 429] {
            let answer = try await WalletFlow.challenge(server, #""chain":"solana""#)
            #expect(answer.status == status)
            #expect((answer.headers["retry-after"] != nil) == (status == 429))
            let policy = status == 429 ? #""challenges";q=2;w=300"# : nil
            #expect(answer.headers["ratelimit-policy"] == policy)
        }
        await server.stop()
    }

    @Test("without origins nobody signs in with a wallet; with --dev the server's own page may")
    func origins() async throws {
        let off = try await ServerProcess()
        #expect(try await WalletFlow.challenge(off, #""chain":"solana""#).status == 404)
        await off.stop()
        let dev = try await ServerProcess(["dev": "true"])
        for (origin, status) in [("http://127.0.0.1", 201), ("https://app.example", 403)] {
            let answer = try await WalletFlow.challenge(
                dev, #""chain":"solana""#, headers: ["Origin": origin])
            #expect(answer.status == status, "\(answer.text)")
        }
        await dev.stop()
    }
}
