import JSON
import StoaTesting
import TestWallet
import Testing

@Suite("Bans of wallets and networks")
struct WiderBanTests {
    private static func user(_ server: ServerProcess, _ arguments: String...) async throws -> Tool {
        try await Tool(
            ServerProcess.program.path, ["user"] + arguments + ["--data-dir", server.dataDirectory.path],
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
    }

    private static func status(
        _ server: ServerProcess, _ token: String, from address: String? = nil
    ) async throws -> String {
        let headers = address.map { ["X-Forwarded-For": $0] } ?? [:]
        let answer = try await server.http("GET", "/api/v1/me/rooms", token: token, headers: headers)
        return answer.code ?? "\(answer.status)"
    }

    @Test(
        "who has a banned wallet is closed at once and stays out, over restarts, until the wallet is let in")
    func wallets() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(41)
        let ann = try await WalletFlow.signIn(server, wallet)
        let client = try await TestClient(server, token: ann.token)
        let name = "solana:\(wallet.solana)"
        let done = try await WiderBanTests.user(server, "ban", "--wallet", name, "--reason", "spam")
        #expect(done.status == 0, "\(done.text)")
        #expect(try await client.closeCode() == 4503)
        #expect(try await WiderBanTests.status(server, ann.token) == "banned")
        let text = try await WalletFlow.text(server, wallet)
        let again = try await WalletFlow.verify(server, WalletFlow.proof(wallet, Array(text.utf8)))
        #expect(again.code == "banned")
        // Nobody else links it either.
        let bob = ServerProcess.token("u_bob")
        let link = try await WalletFlow.text(server, wallet, "link", token: bob)
        let linked = try await server.http(
            "POST", "/api/v1/auth/wallets", WalletFlow.proof(wallet, Array(link.utf8)), token: bob,
            headers: WalletFlow.page)
        #expect(linked.code == "banned", "\(linked.text)")
        #expect(try await WiderBanTests.user(server, "bans").output.contains(wallet.solana))
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        #expect(try await WiderBanTests.status(server, ann.token) == "banned")
        #expect(try await WiderBanTests.user(server, "unban", "--wallet", name).status == 0)
        #expect(try await WiderBanTests.status(server, ann.token) == "200")
        #expect(try await WiderBanTests.user(server, "unban", "--wallet", name).status == 1)
        _ = try await WalletFlow.signIn(server, wallet)
        await server.stop()
    }

    @Test(
        "a banned network is closed at once, and nobody comes in from it: not by REST, not by a socket, not for a page"
    )
    func networks() async throws {
        let server = try await ServerProcess(["http.trusted_proxies": "127.0.0.0/8"])
        let token = ServerProcess.token("u_ann")
        let inside = ["X-Forwarded-For": "2001:db8:7::1"]
        let near = try await TestClient(server, token: token, headers: "X-Forwarded-For: 2001:db8:7::1\r\n")
        let far = try await TestClient(server, token: token, headers: "X-Forwarded-For: 2001:db9::1\r\n")
        let done = try await WiderBanTests.user(server, "ban", "--network", "2001:db8::/32", "--hours", "1")
        #expect(done.status == 0, "\(done.text)")
        #expect(try await near.closeCode() == 4503)
        _ = try await far.request("ping")
        #expect(try await WiderBanTests.status(server, token, from: "2001:db8:ffff::9") == "banned")
        #expect(try await WiderBanTests.status(server, token, from: "2001:db7::9") == "200")
        let page = try await server.http("GET", "/", headers: inside)
        #expect(page.status == 403 && page.code == "banned")
        await #expect(throws: TestFailure.self) {
            try await TestClient(server, token: token, headers: "X-Forwarded-For: 2001:db8:7::1\r\n")
        }
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        #expect(try await WiderBanTests.status(server, token, from: "2001:db8::1") == "banned")
        #expect(try await WiderBanTests.user(server, "unban", "--network", "2001:db8::/32").status == 0)
        #expect(try await WiderBanTests.status(server, token, from: "2001:db8::1") == "200")
        for wrong in ["2001:db8::1/32", "0.0.0.0/0", "10.0.0.0/33", "nonsense"] {
            #expect(try await WiderBanTests.user(server, "ban", "--network", wrong).status == 1, "\(wrong)")
        }
        await server.stop()
    }

    @Test(
        "whoever has a wallet that is banned from a room is out at once, and stays out, also without the wallet"
    )
    func roomWallets() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(43)
        let eve = try await WalletFlow.signIn(server, wallet)
        let room = try await server.room()
        let owner = ServerProcess.token("u_owner")
        let client = try await TestClient(server, token: eve.token)
        try await client.request("join", #""room":"\#(room)""#)
        let path = "/api/v1/rooms/\(room)/wallet-bans"
        let body = #"{"chain":"solana","address":"\#(wallet.solana)","reason":"spam"}"#
        #expect(
            try await server.http("POST", path, body, token: ServerProcess.token("u_bob")).code == "forbidden"
        )
        #expect(try await server.http("POST", path, body, token: owner).status == 204)
        #expect(try await client.push("left")["reason"]?.string == "banned")
        let refused = await #expect(throws: Refused.self) {
            try await client.request("join", #""room":"\#(room)""#)
        }
        #expect(refused?.code == "banned")
        #expect(
            try await server.http("GET", "/api/v1/rooms/\(room)/messages", token: eve.token).code == "banned")
        #expect(try await server.http("GET", path, token: owner).text.contains(wallet.solana))
        // Other rooms go on.
        let other = try await server.room()
        try await client.request("join", #""room":"\#(other)""#)
        #expect(try await server.http("DELETE", path, body, token: owner).status == 204)
        try await client.request("join", #""room":"\#(room)""#)
        #expect(try await server.http("DELETE", path, body, token: owner).status == 404)
        await server.stop()
    }
}
