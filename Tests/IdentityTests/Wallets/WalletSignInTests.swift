import Bytes
import Identity
import TestWallet
import Testing

private let start = Timestamp(milliseconds: 1_800_000_000_000)
private func later(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: start.milliseconds + milliseconds)
}

private func settings() -> WalletSettings {
    var settings = WalletSettings()
    settings.origins = ["https://app.example", "https://other.example:8443"]
    settings.resources = ["https://app.example/terms"]
    return settings
}

@Suite("Signing in with a wallet")
struct WalletSignInTests {
    private let signIn = WalletSignIn(settings: settings())
    private let visitor = WalletVisitor(origin: "https://app.example", client: "192.0.2.1")
    private let wallet = TestWallet(1)

    private func challenge(
        _ purpose: WalletPurpose = .signIn, by visitor: WalletVisitor? = nil, address: String? = nil
    ) async throws -> WalletChallenge {
        try await signIn.challenge(
            purpose, .solana, address: address, for: visitor ?? self.visitor, now: start)
    }

    private func proof(_ message: SignInMessage, by signer: TestWallet? = nil) -> WalletProof {
        proof(message.text(for: .solana), by: signer)
    }

    private func proof(_ text: String, by signer: TestWallet? = nil) -> WalletProof {
        let signer = signer ?? wallet
        return WalletProof(
            chain: .solana, address: signer.solana, signedMessage: Array(text.utf8),
            signature: signer.sign(Array(text.utf8)))
    }

    private func refusal(
        _ proof: WalletProof, _ purpose: WalletPurpose = .signIn, by visitor: WalletVisitor? = nil,
        at now: Timestamp = start
    ) async -> WalletError? {
        do throws(WalletError) {
            try await signIn.check(proof, for: purpose, by: visitor ?? self.visitor, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("the server makes a challenge in all its fields")
    func fields() async throws {
        let challenge = try await challenge(address: wallet.solana)
        let text = try #require(challenge.text)
        let message = try #require(SignInMessage(parsing: Array(text.utf8), for: .solana))
        #expect(message.domain == "app.example")
        #expect(message.address == wallet.solana)
        #expect(message.values[.uri] == "https://app.example")
        #expect(message.values[.version] == "1")
        #expect(message.values[.chainID] == "mainnet")
        #expect(message.values[.issuedAt] == "2027-01-15T08:00:00.000Z")
        #expect(message.values[.expirationTime] == "2027-01-15T08:05:00.000Z")
        #expect(message.values[.notBefore] == nil)
        #expect(message.values[.requestID]?.isEmpty == false)
        #expect(message.resources == ["https://app.example/terms"])
        #expect(try #require(message.values[.nonce]).utf8.count >= 32)
        #expect(try await self.challenge().nonce != challenge.nonce)
        #expect(try await self.challenge().text == nil)
    }

    @Test("a signed challenge signs in once")
    func once() async throws {
        let proof = proof(try await challenge().message(for: wallet.solana))
        #expect(await refusal(proof) == nil)
        #expect(await refusal(proof) == .challenge)
    }

    @Test("of 50 who try at once one gets in")
    func oneOfMany() async throws {
        let proof = proof(try await challenge().message(for: wallet.solana))
        let winners = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { await refusal(proof) == nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(winners == 1)
    }

    @Test("a challenge holds for five minutes")
    func expiry() async throws {
        let late = proof(try await challenge().message(for: wallet.solana))
        #expect(await refusal(late, at: later(300_000)) == .challenge)
        let early = proof(try await challenge().message(for: wallet.solana))
        #expect(await refusal(early, at: later(299_999)) == nil)
    }

    @Test("a stranger cannot burn a challenge, whatever he sends")
    func strangers() async throws {
        let message = try await challenge(address: wallet.solana).message(for: wallet.solana)
        let stranger = TestWallet(2)
        var forged = proof(message, by: stranger)
        forged.address = wallet.solana
        #expect(await refusal(forged) == .signature)
        var own = message
        own.address = stranger.solana
        #expect(await refusal(proof(own, by: stranger)) == .mismatch(.address))
        var elsewhere = visitor
        elsewhere.origin = "https://other.example:8443"
        #expect(await refusal(proof(message), by: elsewhere) == .origin)
        #expect(await refusal(proof(message), .link) == .purpose)
        #expect(await refusal(proof(message)) == nil)
    }

    @Test("each field is compared with what was issued", arguments: SignInMessage.Field.allCases)
    func comparison(_ field: SignInMessage.Field) async throws {
        var message = try await challenge().message(for: wallet.solana)
        switch field {
        case .domain: message.domain = "evil.example"
        case .address: message.address = TestWallet(2).solana
        case .resources: message.resources?.append("https://evil.example")
        case .uri: message.values[field] = "https://app.example/"
        case .version: message.values[field] = nil
        case .chainID: message.values[field] = "devnet"
        case .issuedAt, .notBefore, .expirationTime: message.values[field] = "2027-01-15T08:00:00.001Z"
        case .statement, .requestID: message.values[field] = "x"
        case .nonce: message.values[field] = "0123456789abcdef0123456789abcdef01234567"
        }
        let expected: WalletError = field == .nonce ? .challenge : .mismatch(field)
        #expect(await refusal(proof(message)) == expected)
    }

    @Test("a text that is no message, and one without a nonce, are refused")
    func otherTexts() async throws {
        #expect(await refusal(proof("Hello")) == .text)
        #expect(
            await refusal(proof(SignInMessage(domain: "app.example", address: wallet.solana))) == .challenge)
    }

    @Test("linking needs the person who asked for it, and says so to who signs")
    func link() async throws {
        await #expect(throws: WalletError.purpose) { try await self.challenge(.link) }
        var ann = visitor
        ann.person = "u_ann"
        let challenge = try await challenge(.link, by: ann)
        let proof = proof(challenge.message(for: wallet.solana))
        #expect(
            challenge.message(for: wallet.solana).values[.statement]?.hasPrefix("Add this wallet") == true)
        var bob = visitor
        bob.person = "u_bob"
        #expect(await refusal(proof, .link, by: bob) == .purpose)
        #expect(await refusal(proof, .signIn) == .purpose)
        #expect(await refusal(proof, .unlink, by: ann) == .purpose)
        #expect(await refusal(proof, .link, by: ann) == nil)
    }

    @Test("an XRPL wallet signs in by its own challenge only")
    func xrpl() async throws {
        let challenge = try await signIn.challenge(
            .signIn, .xrpl, address: wallet.xrpl, for: visitor, now: start)
        let text = Array(try #require(challenge.text).utf8)
        let proof = WalletProof(
            chain: .xrpl, address: wallet.xrpl, signedMessage: text, signature: wallet.sign(text),
            publicKey: wallet.xrplKey)
        #expect(challenge.message(for: wallet.xrpl).values[.chainID] == "xrpl:0")
        #expect(await refusal(proof) == nil)
        let other = try await self.challenge()
        var message = challenge.message(for: wallet.xrpl)
        message.values[.nonce] = other.nonce
        let mixed = Array(message.text(for: .xrpl).utf8)
        let wrong = WalletProof(
            chain: .xrpl, address: wallet.xrpl, signedMessage: mixed, signature: wallet.sign(mixed),
            publicKey: wallet.xrplKey)
        #expect(await refusal(wrong) == .challenge)
    }

    @Test("a challenge for nobody's address is not made")
    func addresses() async {
        for address in ["11111111111111111111111111111111", "x", wallet.xrpl] {
            await #expect(throws: WalletError.address) { try await self.challenge(address: address) }
        }
    }
}

@Suite("Challenges that wait")
struct ChallengeStoreTests {
    private func challenge(
        _ signIn: WalletSignIn, client: String, at now: Timestamp = start
    ) async -> WalletError? {
        do throws(WalletError) {
            let visitor = WalletVisitor(origin: "https://app.example", client: client)
            _ = try await signIn.challenge(.signIn, .solana, address: nil, for: visitor, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("they are bounded by client and in all, and make room when they end")
    func bounds() async {
        let store = MemoryChallengeStore(limit: 5, clientLimit: 2)
        let signIn = WalletSignIn(settings: settings(), store: store)
        #expect(await challenge(signIn, client: "a") == nil)
        #expect(await challenge(signIn, client: "a", at: later(1000)) == nil)
        #expect(
            await challenge(signIn, client: "a", at: later(2000))
                == .tooManyChallenges(ofClient: true, retryAfter: 298_000))
        for client in ["b", "c", "d"] {
            #expect(await challenge(signIn, client: client, at: later(3000)) == nil)
        }
        // Whoever has two gives one up to whoever has none.
        #expect(await challenge(signIn, client: "e", at: later(4000)) == nil)
        #expect(
            await challenge(signIn, client: "f", at: later(5000))
                == .tooManyChallenges(ofClient: false, retryAfter: 296_000))
        #expect(await challenge(signIn, client: "a", at: later(301_000)) == nil)
        #expect(store.count == 5)
    }

    @Test("an owner of many networks displaces its own challenges, and nobody else's")
    func blocks() async throws {
        let store = MemoryChallengeStore(limit: 20, clientLimit: 2)
        let signIn = WalletSignIn(settings: settings(), store: store)
        let visitor = WalletVisitor(origin: "https://app.example", client: "192.0.2.1")
        let honest = try await signIn.challenge(.signIn, .solana, address: nil, for: visitor, now: start)
        for number in 0..<40 {
            let refusal = await challenge(
                signIn, client: "2001:db8:0:\(number)::/64", at: later(Int64(number)))
            #expect((refusal == nil) == (number < 19))
        }
        for client in ["198.51.100.1", "2001:470::/64", "203.0.113.9"] {
            #expect(await challenge(signIn, client: client, at: later(1000)) == nil, "\(client)")
        }
        #expect(await store.challenge(honest.nonce, now: later(2000)) != nil)
        #expect(store.count == 20)
    }

    @Test("those that are used make room at once, however many")
    func used() async throws {
        let store = MemoryChallengeStore(limit: 3, clientLimit: 1)
        let signIn = WalletSignIn(settings: settings(), store: store)
        let visitor = WalletVisitor(origin: "https://app.example", client: "a")
        for _ in 0..<3000 {
            let made = try await signIn.challenge(.signIn, .solana, address: nil, for: visitor, now: start)
            #expect(await store.take(made.nonce, now: start))
        }
        #expect(store.count == 0)
    }
}

@Suite("Origins that may sign people in")
struct WalletOriginTests {
    @Test(
        "the listed ones, a program as the first of them; the server's own on this machine only to try it",
        arguments: [
            ("https://app.example", "x", "https://app.example", "https://app.example"),
            ("HTTPS://APP.example", "x", "https://app.example", "https://app.example"),
            (nil, "x", "https://app.example", "https://app.example"),
            ("http://app.example", "x", nil, nil), ("https://app.example:8443", "x", nil, nil),
            ("null", "x", nil, nil), ("https://evil.example", "evil.example", nil, nil),
            ("http://127.0.0.1:80", "127.0.0.1:80", nil, "http://127.0.0.1:80"),
            ("http://[::1]:80", "[::1]:80", nil, "http://[::1]:80"),
            ("http://localhost", "localhost", nil, "http://localhost"),
            ("http://localhost", "127.0.0.1", nil, nil), ("http://192.0.2.1", "192.0.2.1", nil, nil),
        ] as [(String?, String, String?, String?)])
    func origins(header: String?, host: String, expected: String?, ofDev: String?) {
        var settings = settings()
        #expect(settings.origin(header, host: host) == expected)
        settings.allowsOwnLoopback = true
        #expect(settings.origin(header, host: host) == ofDev)
    }

    @Test("what can be configured: origins, statements, resources, networks")
    func checks() {
        for text in ["https://app.example", "http://localhost:3000", "https://[::1]:8443"] {
            #expect(WalletSettings.isOrigin(text))
        }
        for text in ["app.example", "https://app.example/", "*", "https://", "https://a@b", "ftp://a", ""] {
            #expect(!WalletSettings.isOrigin(text))
        }
        #expect(WalletSettings.isStatement(WalletSettings().statement))
        for text in ["", "a\nb", "say \"yes\"", "é", "Nonce: x", "100%"] {
            #expect(!WalletSettings.isStatement(text))
        }
        #expect(WalletSettings.isResource("https://app.example/terms"))
        #expect(!WalletSettings.isResource("terms"))
        #expect(WalletChain.xrpl.allowsNetwork("xrpl:1"))
        #expect(!WalletChain.xrpl.allowsNetwork("mainnet"))
    }
}
