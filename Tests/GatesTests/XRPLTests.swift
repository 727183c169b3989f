import JSON
import Outbound
import StoaTesting
import Testing

@testable import Gates

@Suite("Holdings on the XRP Ledger")
struct XRPLTests {
    static let issuer = "rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B"
    static let holder = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"

    /// A ledger with a reader of two of its nodes.
    private final class Bench: Sendable {
        let ledger: Ledger
        let reader: XRPLReader
        let holder: Wallet
        let token: XRPLToken
        private let http: HTTPClient

        init() async throws {
            http = HTTPClient()
            ledger = try await Ledger()
            var settings = ChainSettings(endpoints: [ledger.base + "/xrpl/a", ledger.base + "/xrpl/b"])
            settings.requestsPerSecond = 0
            settings.dialect = .rippled
            settings.timeout = .seconds(1)
            reader = XRPLReader(settings, RPCClient(settings, http))
            holder = try #require(Wallet(chain: "xrpl", address: XRPLTests.holder))
            let issuer = try #require(XRPLAddress(XRPLTests.issuer))
            token = try #require(XRPLToken(currency: "USD", issuer: issuer))
        }

        deinit { http.close() }

        func line(_ balance: String, currency: String = "USD") async throws {
            try await ledger.act(
                "xrpl_line",
                [
                    ("account", .string(XRPLTests.holder)), ("issuer", .string(XRPLTests.issuer)),
                    ("currency", .string(currency)), ("balance", .string(balance)),
                ])
        }

        func read(_ asset: Asset, node: Int? = nil) async -> Reading {
            await reader.read(HoldingQuery(holder, asset), .join, node: node)
        }
    }

    @Test(
        "a trust line's balance is compared exactly, to the last digit of the minimum",
        arguments: [
            ("0.1", "0.1", true), ("0.1", "0.09999999999999999", false), ("0.3", "0.3000000000000001", true),
            ("9999999999999999", "9999999999999998", false), ("1.5", "15e-1", true),
            ("1.5", "1499999999999999e-15", false), ("1", "-5", false), ("1", "9999999999999999e80", true),
            ("0.000001", "1e-81", false), ("0.000001", "0", false), ("12.5", "00012.50", true),
        ])
    func exact(minimum: String, balance: String, isEnough: Bool) throws {
        let minimum = try #require(DecimalAmount(minimum))
        let units = try #require(DecimalAmount.units(of: balance, scale: minimum.scale))
        #expect((units >= UInt128(minimum.units)) == isEnough)
        #expect(DecimalAmount(minimum.text) == minimum)
    }

    @Test(
        "one text for each amount: nothing else is read",
        arguments: [
            "", "0", "00.1", ".5", "5.", "1.50", "1e5", "-1", "+1", "0.0", "1.2.3", "12345678901234567",
        ])
    func notAmounts(text: String) { #expect(DecimalAmount(text) == nil) }

    @Test("lines of other currencies do not count, nor accounts that are not there")
    func lines() async throws {
        let bench = try await Bench()
        #expect(await bench.read(.issued(bench.token, scale: 2)) == .holds(0, slot: 90_000_000))
        try await bench.line("12.345")
        try await bench.line("1000", currency: "EUR")
        #expect(await bench.read(.issued(bench.token, scale: 2)).amount == 1234)
        #expect(await bench.read(.xrp).amount == 20_000_000)
    }

    @Test("items count by issuer and taxon, over several pages of one ledger")
    func items() async throws {
        let bench = try await Bench()
        for index in 0..<450 {
            try await bench.ledger.act(
                "xrpl_mint",
                [
                    ("account", .string(XRPLTests.holder)), ("issuer", .string(XRPLTests.issuer)),
                    ("taxon", .integer(index < 440 ? 7 : 8)),
                ])
        }
        let issuer = bench.token.issuer
        #expect(await bench.read(.xrplItems(issuer, taxon: 8)).amount == 10)
        #expect(await bench.read(.xrplItems(issuer, taxon: 9)).amount == 0)
        let stranger = try #require(XRPLAddress(XRPLTests.holder))
        #expect(await bench.read(.xrplItems(stranger, taxon: 7)).amount == 0)
    }

    @Test(
        "no fault is taken for holding nothing or something; the second node's answer is",
        arguments: [
            "timeout", "rate_limit", "server_error", "html", "empty", "null", "truncated", "error", "lie",
            "stale",
        ])
    func faults(fault: String) async throws {
        let bench = try await Bench()
        try await bench.line("5")
        try await bench.ledger.act(
            "xrpl_line",
            [
                ("account", .string(XRPLTests.holder)), ("issuer", .string(XRPLTests.holder)),
                ("currency", .string("USD")), ("balance", .string("77")),
            ])
        try await bench.ledger.fault("xrpl-a", fault)
        #expect(await bench.read(.issued(bench.token, scale: 0)).amount == 5)
        #expect(await bench.read(.issued(bench.token, scale: 0), node: 0).reason != nil)
    }

    @Test("a gate on the XRP Ledger reads back as it was written, and is refused at its field")
    func policies() throws {
        let issuer = XRPLTests.issuer
        for text in [
            #"{"xrpl_token":{"currency":"USD","issuer":"\#(issuer)","min_amount":"12.5"}}"#,
            #"{"xrpl_nft":{"issuer":"\#(issuer)","taxon":4294967295}}"#, #"{"xrp":{"min_amount":"1"}}"#,
        ] {
            let value = try JSONValue(parsing: text)
            #expect(try GatePolicy(value, field: "gate").json == value)
        }
        let wrong = [
            (
                #"{"xrpl_token":{"currency":"XRP","issuer":"\#(issuer)","min_amount":"1"}}"#,
                "gate.xrpl_token.currency"
            ),
            (
                #"{"xrpl_token":{"currency":"USD","issuer":"\#(issuer)x","min_amount":"1"}}"#,
                "gate.xrpl_token.issuer"
            ),
            (
                #"{"xrpl_token":{"currency":"USD","issuer":"\#(issuer)","min_amount":"1.0"}}"#,
                "gate.xrpl_token.min_amount"
            ),
            (#"{"xrpl_nft":{"issuer":"\#(issuer)","taxon":4294967296}}"#, "gate.xrpl_nft.taxon"),
            (#"{"xrpl_nft":{"issuer":"\#(issuer)"}}"#, "gate.xrpl_nft"),
        ]
        for (text, field) in wrong {
            let value = try JSONValue(parsing: text)
            let error = #expect(throws: GatePolicyError.self) { try GatePolicy(value, field: "gate") }
            #expect(error?.field == field)
        }
    }
}
