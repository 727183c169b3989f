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
                try await eventually("a price") {
                    let price = try await server.http(
                        "GET", "/api/v1/prices/BTC-USD", token: SourceBench.reader)
                    return price.json?["price"]?.string == "100"
                }
            } else {
                try await eventually("the certificate is named") {
                    server.log.contains("prices: coingecko gives none")
                        && server.log.contains("certificate")
                }
                try await eventually("the handshake ends") { front.refusals > 0 }
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
                try await eventually("a price") {
                    let price = try await server.http(
                        "GET", "/api/v1/prices/BTC-USD", token: SourceBench.reader)
                    return price.json?["price"]?.string == "64000"
                }
            } else {
                try await eventually("the certificate is named") {
                    server.log.contains("certificate or TLS is not accepted")
                }
                try await eventually("the handshake ends") { front.refusals > 0 }
                #expect(fixture.opened == 0)
            }
        }
    }
}
