import JSON
import StoaTesting
import Testing

@Suite("Sources of prices over TLS (B1)")
struct SourceTLSTests {
    /// Which certificates the server trusts, and whether that is enough.
    static let trusts = [("localhost", true), ("other", false), (nil, false)]

    private static func settings(_ folder: CertificateFolder, _ trusted: String?) -> [String: String] {
        guard let trusted else { return [:] }
        return ["prices.authorities": folder.certificate(trusted)]
    }

    /// In front of a fixture, with a certificate of its own for `localhost`.
    private static func front(_ folder: CertificateFolder, _ port: UInt16) throws -> TLSFront {
        try TLSFront(
            before: port, certificate: folder.certificate("localhost"), key: folder.key("localhost"))
    }

    private static func gives(_ price: String, _ server: ServerProcess) async throws {
        try await eventually("a price") {
            let answer = try await server.http("GET", "/api/v1/prices/BTC-USD", token: SourceBench.reader)
            return answer.json?["price"]?.string == price
        }
    }

    private static func isRefused(
        _ front: TLSFront, _ words: [String], _ server: ServerProcess
    ) async throws {
        try await eventually("the certificate is named") { words.allSatisfy { server.log.contains($0) } }
        try await eventually("the handshake ends") { front.refusals > 0 }
    }

    @Test("HTTPS: a source is who the authorities vouch for; else it gives none, and the log says why")
    func rounds() async throws {
        let folder = try await CertificateFolder("localhost", "other")
        for (trusted, isGood) in SourceTLSTests.trusts {
            let source = try SourceFixture(.coingecko, ["bitcoin": "100"])
            let front = try SourceTLSTests.front(folder, source.port)
            defer { front.close() }
            var settings = [
                "prices.primary": "coingecko", "prices.primary_url": "https://localhost:\(front.port)",
                "prices.primary_ids": "BTC-USD=bitcoin", "prices.period_ms": "100",
                "prices.requests_per_minute": "0", "limits.tier_free": "1000000",
            ]
            settings.merge(SourceTLSTests.settings(folder, trusted)) { $1 }
            let server = try await ServerProcess(settings)
            if isGood {
                try await SourceTLSTests.gives("100", server)
            } else {
                try await SourceTLSTests.isRefused(
                    front, ["prices: coingecko gives none", "certificate"], server)
                #expect(source.requests.isEmpty)
            }
        }
    }

    @Test("HTTPS: a certificate for another name is none, whoever vouches for it")
    func names() async throws {
        let folder = try await CertificateFolder("localhost")
        let source = try SourceFixture(.coingecko, ["bitcoin": "100"])
        let front = try SourceTLSTests.front(folder, source.port)
        defer { front.close() }
        let server = try await ServerProcess([
            "prices.primary": "coingecko", "prices.primary_url": "https://127.0.0.1:\(front.port)",
            "prices.primary_ids": "BTC-USD=bitcoin", "prices.period_ms": "100",
            "prices.requests_per_minute": "0", "prices.authorities": folder.certificate("localhost"),
        ])
        try await eventually("it gives none") { server.log.contains("prices: coingecko gives none") }
        // The name is looked at behind the handshake; nothing is asked.
        #expect(source.requests.allSatisfy { $0.isEmpty })
    }

    @Test("WSS: a feed is who the authorities vouch for; else nothing is asked of it, and the log says why")
    func feeds() async throws {
        let folder = try await CertificateFolder("localhost", "other")
        for (trusted, isGood) in SourceTLSTests.trusts {
            let fixture = try TickerFixture()
            defer { fixture.close() }
            fixture.greet([TickerTests.coinbase("64000", trade: 1)])
            let front = try SourceTLSTests.front(folder, fixture.port)
            defer { front.close() }
            var settings = [
                "prices.coinbase_url": "wss://localhost:\(front.port)/",
                "prices.coinbase_ids": "BTC-USD=BTC-USD", "limits.tier_free": "1000000",
            ]
            settings.merge(SourceTLSTests.settings(folder, trusted)) { $1 }
            let server = try await ServerProcess(settings)
            if isGood {
                try await SourceTLSTests.gives("64000", server)
            } else {
                try await SourceTLSTests.isRefused(
                    front, ["certificate or TLS is not accepted"], server)
                #expect(fixture.opened == 0)
            }
        }
    }
}
