import Bytes
import TestWallet
import Testing

@testable import Identity

@Suite("Challenges of several processes")
struct SharedChallengeTests {
    private static func process(_ slots: MemorySlots) -> WalletSignIn {
        var settings = WalletSettings()
        settings.origins = ["https://app.example"]
        settings.resources = ["https://app.example/terms"]
        let own = MemoryChallengeStore(limit: 100, clientLimit: 10)
        return WalletSignIn(settings: settings, store: SharedChallengeStore(own, slots))
    }

    private let visitor = WalletVisitor(origin: "https://app.example", client: "192.0.2.1")
    private let wallet = TestWallet(1)

    private func proof(_ challenge: WalletChallenge) -> WalletProof {
        let text = Array(challenge.message(for: wallet.solana).text(for: .solana).utf8)
        return WalletProof(
            chain: .solana, address: wallet.solana, signedMessage: text, signature: wallet.sign(text))
    }

    @Test("what one process issued another accepts, and of fifty tries at all of them one wins")
    func anyProcess() async throws {
        let slots = MemorySlots()
        let processes = (0..<3).map { _ in Self.process(slots) }
        let challenge = try await processes[0].challenge(.signIn, .solana, address: nil, for: visitor)
        let proof = proof(challenge)
        let winners = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
            for number in 0..<50 {
                group.addTask {
                    (try? await processes[number % 3].check(proof, for: .signIn, by: visitor)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test("where the processes cannot reach each other nobody signs in")
    func away() async throws {
        let slots = MemorySlots()
        let process = Self.process(slots)
        let challenge = try await process.challenge(.signIn, .solana, address: nil, for: visitor)
        slots.goAway()
        // Not as if the challenge were a bad one: it holds when they are back.
        await #expect(throws: WalletError.away) {
            _ = try await process.check(proof(challenge), for: .signIn, by: visitor)
        }
        await #expect(throws: WalletError.self) {
            _ = try await process.challenge(.signIn, .solana, address: nil, for: visitor)
        }
    }

    @Test("a challenge is the same after its way to another process")
    func encoding() async throws {
        let slots = MemorySlots()
        let process = Self.process(slots)
        var asker = visitor
        asker.person = "u_ann"
        asker.tenant = "acme"
        let challenge = try await process.challenge(.link, .xrpl, address: nil, for: asker)
        let read = try #require(WalletChallenge(encoded: challenge.encoded))
        #expect(read.message(for: "r").text(for: .xrpl) == challenge.message(for: "r").text(for: .xrpl))
        #expect(read.visitor.person == "u_ann" && read.visitor.tenant == "acme")
        #expect(read.expiresAt == challenge.expiresAt && read.purpose == .link && read.chain == .xrpl)
        #expect(WalletChallenge(encoded: Array("{}".utf8)) == nil)
    }
}
