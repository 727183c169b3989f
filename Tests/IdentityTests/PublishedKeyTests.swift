import Bytes
import Foundation
import Identity
import JSON
import Synchronization
import Testing

/// An address that publishes keys, without a network.
final class KeyAddress: Sendable {
    private struct State {
        /// Nil while it is down.
        var body: [UInt8]?
        var calls = 0
        var gates: [CheckedContinuation<Void, Never>] = []
        var isHeld = false
    }

    private let state: Mutex<State>

    init(_ body: [UInt8]) { state = Mutex(State(body: body)) }

    var calls: Int { state.withLock { $0.calls } }

    func answer(_ body: [UInt8]?) { state.withLock { $0.body = body } }

    /// Answers wait from now on until ``release()``.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let gates = state.withLock { state in
            state.isHeld = false
            let gates = state.gates
            state.gates = []
            return gates
        }
        for gate in gates { gate.resume() }
    }

    func fetch() async -> Result<FetchedKeys, KeyFetchError> {
        await withCheckedContinuation { enter($0) }
        guard let body = state.withLock({ $0.body }) else { return .failure(KeyFetchError("down")) }
        return .success(FetchedKeys(body: body))
    }

    private func enter(_ continuation: CheckedContinuation<Void, Never>) {
        let goesOn = state.withLock { state in
            state.calls += 1
            guard state.isHeld else { return true }
            state.gates.append(continuation)
            return false
        }
        if goesOn { continuation.resume() }
    }
}

@Suite("Published keys")
struct PublishedKeyTests {
    private static let folder: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().path + "/protocol/vectors/tokens/"
    }()

    static func file(_ name: String) throws -> [UInt8] {
        let text = try String(contentsOfFile: folder + name, encoding: .utf8)
        return Array(text.utf8)
    }

    static func json(_ name: String) throws -> JSONValue {
        // By itself: a span of what an expression makes, within one that throws, is too much for the compiler.
        let bytes = try file(name)
        return try JSONValue(parsing: bytes.span)
    }

    /// A token of the set's ES256 key, and one of the key that comes with the rotation.
    static func tokens() throws -> (known: String, rotated: String) {
        let vectors = try #require(try json("signed.json").array)
        let known = vectors.first { $0["name"]?.string == "ES256 with kid" }
        let rotated = String(decoding: try file("keys/rotated-token.txt").dropLast(), as: UTF8.self)
        return (try #require(known?["token"]?.string), rotated)
    }

    /// Why a token is refused, or nil where it is not.
    static func refusal(_ verifier: TokenVerifier, _ token: String, mayWait: Bool = false) -> TokenError? {
        do throws(TokenError) {
            _ = try verifier.verify(token, mayWait: mayWait)
            return nil
        } catch {
            return error
        }
    }

    static func verifier(_ address: KeyAddress, coolDown: Int64, maxAge: Int64 = 86_400_000) -> TokenVerifier
    {
        var issuer = Issuer(.main)
        issuer.keysURL = "https://id.example/keys"
        var settings = KeyFetchSettings()
        settings.coolDownMilliseconds = coolDown
        settings.maxAgeMilliseconds = maxAge
        return TokenVerifier(issuers: [issuer], fetching: settings) { _ in await address.fetch() }
    }

    @Test("tokens of published keys are taken, of every algorithm")
    func taken() async throws {
        let address = KeyAddress(try PublishedKeyTests.file("keys/set.json"))
        let verifier = PublishedKeyTests.verifier(address, coolDown: 60_000)
        await verifier.start()
        defer { verifier.stop() }
        let vectors = try #require(
            try PublishedKeyTests.json("signed.json").array)
        for vector in vectors {
            let name = try #require(vector["name"]?.string)
            let token = try #require(vector["token"]?.string)
            guard ["RS256", "PS256", "ES256", "EdDSA"].contains(where: name.hasPrefix) else { continue }
            #expect(PublishedKeyTests.refusal(verifier, token) == nil, "\(name)")
        }
    }

    @Test("an unknown key is asked for once, and who waits gets in when it is there")
    func rotation() async throws {
        let address = KeyAddress(try PublishedKeyTests.file("keys/set.json"))
        let verifier = PublishedKeyTests.verifier(address, coolDown: 0)
        await verifier.start()
        defer { verifier.stop() }
        let (known, rotated) = try PublishedKeyTests.tokens()
        #expect(PublishedKeyTests.refusal(verifier, known) == nil)
        #expect(PublishedKeyTests.refusal(verifier, rotated) == TokenError.invalid)
        #expect(
            PublishedKeyTests.refusal(verifier, rotated, mayWait: true) == TokenError.awaitsKeys(issuer: 0))
        #expect(address.calls == 1, "to verify asks nobody")
        address.answer(try PublishedKeyTests.file("keys/rotated-set.json"))
        await verifier.fetchKeys(issuer: 0)
        #expect(PublishedKeyTests.refusal(verifier, rotated, mayWait: true) == nil)
        #expect(address.calls == 2)
        // The newer set has two of the older keys no more, and those that it had are good no more.
        #expect(PublishedKeyTests.refusal(verifier, known, mayWait: true) == TokenError.awaitsKeys(issuer: 0))
    }

    @Test("many who wait are one question, and within the cool-down there is none")
    func coolDown() async throws {
        let address = KeyAddress(try PublishedKeyTests.file("keys/set.json"))
        let verifier = PublishedKeyTests.verifier(address, coolDown: 3_600_000)
        address.hold()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { await verifier.fetchKeys(issuer: 0) } }
            while address.calls == 0 { await Task.yield() }
            address.release()
        }
        #expect(address.calls == 1)
        let (_, rotated) = try PublishedKeyTests.tokens()
        for _ in 0..<50 {
            #expect(PublishedKeyTests.refusal(verifier, rotated, mayWait: true) == TokenError.invalid)
            await verifier.fetchKeys(issuer: 0)
        }
        #expect(address.calls == 1)
    }

    @Test("the last keys go on while the address fails, and answers that are no keys change nothing")
    func failures() async throws {
        let address = KeyAddress(try PublishedKeyTests.file("keys/set.json"))
        let verifier = PublishedKeyTests.verifier(address, coolDown: 0)
        await verifier.start()
        defer { verifier.stop() }
        let (known, _) = try PublishedKeyTests.tokens()
        for body in [
            "", "<html>", "{}", #"{"keys":[]}"#, #"{"keys":{}}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#,
        ] {
            address.answer(Array(body.utf8))
            await verifier.fetchKeys(issuer: 0)
            #expect(PublishedKeyTests.refusal(verifier, known) == nil)
        }
        address.answer(nil)
        await verifier.fetchKeys(issuer: 0)
        #expect(PublishedKeyTests.refusal(verifier, known) == nil)
        #expect(address.calls == 8)
    }

    @Test("keys that are older than the greatest age are trusted no more, and come back with the address")
    func tooOld() async throws {
        let address = KeyAddress(try PublishedKeyTests.file("keys/set.json"))
        let verifier = PublishedKeyTests.verifier(address, coolDown: 0, maxAge: 0)
        await verifier.fetchKeys(issuer: 0)
        let (known, _) = try PublishedKeyTests.tokens()
        #expect(PublishedKeyTests.refusal(verifier, known) == nil)
        address.answer(nil)
        await verifier.fetchKeys(issuer: 0)
        #expect(PublishedKeyTests.refusal(verifier, known) == TokenError.unavailable)
        address.answer(try PublishedKeyTests.file("keys/set.json"))
        await verifier.fetchKeys(issuer: 0)
        #expect(PublishedKeyTests.refusal(verifier, known) == nil)
    }

    @Test("before the first answer a token is not bad, only not to be judged")
    func unavailable() async throws {
        let address = KeyAddress([])
        let verifier = PublishedKeyTests.verifier(address, coolDown: 3_600_000)
        let (known, _) = try PublishedKeyTests.tokens()
        await verifier.fetchKeys(issuer: 0)
        #expect(PublishedKeyTests.refusal(verifier, known, mayWait: true) == TokenError.unavailable)
    }

    @Test(
        "keys that are for something else, or that we do not use, are left out",
        arguments: [
            #""use":"enc""#, #""use":1"#, #""key_ops":["sign"]"#, #""alg":"ES384""#, #""alg":"RS256""#,
            #""alg":1"#,
            #""kid":1"#, #""kid":"""#, #""d":"AAAA""#,
        ])
    func leftOut(member: String) async throws {
        let set = try PublishedKeyTests.json("keys/set.json")
        let keys = try #require(set["keys"]?.array)
        let curve = try #require(keys.first { $0["kty"]?.string == "EC" })
        let x = try #require(curve["x"]?.string)
        let y = try #require(curve["y"]?.string)
        let key = #"{"keys":[{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)",\#(member)}]}"#
        let verifier = PublishedKeyTests.verifier(KeyAddress(Array(key.utf8)), coolDown: 0)
        await verifier.fetchKeys(issuer: 0)
        let (known, _) = try PublishedKeyTests.tokens()
        #expect(PublishedKeyTests.refusal(verifier, known) == TokenError.unavailable)
    }
}
