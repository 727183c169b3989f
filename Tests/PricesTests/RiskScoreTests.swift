import Decimals
import JSON
import Prices
import Testing

@Suite("Risk scores (B8)") struct RiskScoreTests {
    /// Everything at its best; the score of it is below.
    private static let best = RiskInputs(
        marketCap: ExactDecimal(units: 10_000_000_000 * ExactDecimal.unitsPerOne), volatility: 0,
        volume: 2_000_000_000, contract: .none, sentiment: 100, topHolders: 0)

    private func factor(_ factor: RiskFactor, _ change: (inout RiskInputs) -> Void) throws -> ExactDecimal? {
        var inputs = Self.best
        change(&inputs)
        return try RiskScore(inputs).breakdown[factor]
    }

    @Test(
        "market cap: 10 G 10, 1 G 30, 100 M 50, 10 M 70, else 90",
        arguments: [
            ("10000000000", 10), ("9999999999.999999999999999999", 30), ("1000000000", 30),
            ("999999999.99", 50),
            ("100000000", 50), ("99999999.99", 70), ("10000000", 70), ("9999999.99", 90), ("0", 90),
        ])
    func marketCap(cap: String, score: Int32) throws {
        let value = try decimal(cap)
        #expect(try factor(.marketCap) { $0.marketCap = value } == ExactDecimal(integerLiteral: score))
    }

    @Test(
        "volatility: below 5 % 20, below 10 % 40, below 20 % 70, else 95",
        arguments: [
            ("0", 20), ("4.999999999999999999", 20), ("5", 40), ("9.999999999999999999", 40), ("10", 70),
            ("19.999999999999999999", 70), ("20", 95), ("400", 95),
        ])
    func volatility(percent: String, score: Int32) throws {
        let value = try decimal(percent)
        #expect(try factor(.volatility) { $0.volatility = value } == ExactDecimal(integerLiteral: score))
    }

    @Test(
        "liquidity: volume over cap at least 0.10 10, 0.05 30, 0.01 60, else 90; cap 0 is 90",
        arguments: [
            ("1000", "100", 10), ("1000", "99.999999999999999999", 30), ("1000", "50", 30),
            ("1000", "49.999999999999999999", 60), ("1000", "10", 60), ("1000", "9.999999999999999999", 90),
            ("1000", "0", 90), ("0", "100", 90), ("0", "0", 90), ("3", "0.3", 10),
            ("3", "0.299999999999999999", 30), ("999999999999999999", "99999999999999999.9", 10),
            ("999999999999999999", "99999999999999999.899999999999999999", 30),
        ])
    func liquidity(cap: String, volume: String, score: Int32) throws {
        let values = (try decimal(cap), try decimal(volume))
        let found = try factor(.liquidity) { ($0.marketCap, $0.volume) = values }
        #expect(found == ExactDecimal(integerLiteral: score))
    }

    @Test("contract: none 0, else 50, an audit's quality turned round")
    func contract() throws {
        #expect(try factor(.contract) { $0.contract = .none } == 0)
        #expect(try factor(.contract) { $0.contract = .unaudited } == 50)
        let quality = try decimal("87.5")
        #expect(try factor(.contract) { $0.contract = .audited(quality) } == decimal("12.5"))
        #expect(try factor(.contract) { $0.contract = .audited(0) } == 100)
        #expect(try factor(.contract) { $0.contract = .audited(100) } == 0)
    }

    @Test(
        "sentiment: at least 70 20, 50 40, 30 70, else 90",
        arguments: [
            ("100", 20), ("70", 20), ("69.999999999999999999", 40), ("50", 40), ("49.999999999999999999", 70),
            ("30", 70), ("29.999999999999999999", 90), ("0", 90),
        ])
    func sentiment(value: String, score: Int32) throws {
        let value = try decimal(value)
        #expect(try factor(.sentiment) { $0.sentiment = value } == ExactDecimal(integerLiteral: score))
    }

    @Test(
        "top holders: below 30 % 20, below 50 % 40, below 70 % 70, else 95",
        arguments: [
            ("0", 20), ("29.999999999999999999", 20), ("30", 40), ("49.999999999999999999", 40), ("50", 70),
            ("69.999999999999999999", 70), ("70", 95), ("100", 95),
        ])
    func topHolders(percent: String, score: Int32) throws {
        let value = try decimal(percent)
        #expect(try factor(.whales) { $0.topHolders = value } == ExactDecimal(integerLiteral: score))
    }

    @Test("the weighted sum is truncated once, at the end")
    func sums() throws {
        // 20·10 + 25·20 + 20·10 + 15·0 + 10·20 + 10·20 = 1300
        #expect(try RiskScore(Self.best).score == 13)
        var inputs = Self.best
        inputs.contract = .audited(try decimal("46.666666666666666667"))
        // 1300 + 15 · 53.333333333333333333 = 2099.999999999999999995
        #expect(try RiskScore(inputs).score == 20)
        inputs.contract = .audited(try decimal("46.666666666666666666"))
        #expect(try RiskScore(inputs).score == 21)
        let worst = RiskInputs(
            marketCap: 0, volatility: 99, volume: 0, contract: .audited(0), sentiment: 0, topHolders: 100)
        // 20·90 + 25·95 + 20·90 + 15·100 + 10·90 + 10·95 = 9325
        #expect(try RiskScore(worst).score == 93)
        #expect(try RiskScore(worst).category == .extreme)
    }

    @Test("below 30 is low, below 60 medium, below 80 high, the rest extreme")
    func categories() throws {
        var inputs = Self.best
        #expect(try RiskScore(inputs).category == .low)
        // 13 and a further 25 · 0.75 = 31.75
        inputs.volatility = 20
        #expect(try RiskScore(inputs).score == 31)
        #expect(try RiskScore(inputs).category == .medium)
        (inputs.marketCap, inputs.volume) = (1, 0)
        // 20·90 + 25·95 + 20·90 + 0 + 200 + 200 = 6375
        #expect(try RiskScore(inputs).score == 63)
        #expect(try RiskScore(inputs).category == .high)
        inputs.contract = .audited(0)
        // 7875, and with sentiment 29 8575
        #expect(try RiskScore(inputs).category == .high)
        inputs.sentiment = 29
        #expect(try RiskScore(inputs).score == 85)
        #expect(try RiskScore(inputs).category == .extreme)
    }

    @Test("30, 60 and 80 belong to the category above, and the smallest step below them does not")
    func categoryBounds() throws {
        var inputs = Self.best
        inputs.sentiment = 30
        // 1800 + 15 · 80 = 3000
        try expectBound(inputs, quality: 20, .low, 30, .medium)
        (inputs.marketCap, inputs.volume, inputs.volatility) = (100_000_000, 0, 20)
        (inputs.sentiment, inputs.topHolders) = (70, 30)
        // 5775 + 15 · 15 = 6000
        try expectBound(inputs, quality: 85, .medium, 60, .high)
        (inputs.marketCap, inputs.sentiment, inputs.topHolders) = (1, 49, 70)
        // 7625 + 15 · 25 = 8000
        try expectBound(inputs, quality: 75, .high, 80, .extreme)
    }

    private func expectBound(
        _ inputs: RiskInputs, quality: ExactDecimal, _ below: RiskScore.Category, _ bound: Int,
        _ above: RiskScore.Category
    ) throws {
        var inputs = inputs
        inputs.contract = .audited(quality)
        #expect(try RiskScore(inputs).score == bound)
        #expect(try RiskScore(inputs).category == above)
        inputs.contract = .audited(try quality.adding(.smallestStep))
        #expect(try RiskScore(inputs).score == bound - 1)
        #expect(try RiskScore(inputs).category == below)
    }

    @Test("missing sentiment and holders count 50 and are named")
    func assumed() throws {
        var inputs = Self.best
        (inputs.sentiment, inputs.topHolders) = (nil, nil)
        let score = try RiskScore(inputs)
        #expect(score.assumed == [.sentiment, .whales])
        #expect(score.breakdown[.sentiment] == 50 && score.breakdown[.whales] == 50)
        // 1300 + 10·30 + 10·30
        #expect(score.score == 19)
        inputs.topHolders = 10
        #expect(try RiskScore(inputs).assumed == [.sentiment])
    }

    @Test("without market cap, volume or volatility there is no score, and the missing are named")
    func insufficient() {
        var inputs = Self.best
        inputs.volume = nil
        #expect(throws: RiskError.insufficientData(missing: ["volume"])) { try RiskScore(inputs) }
        #expect(throws: RiskError.insufficientData(missing: ["market_cap", "volatility", "volume"])) {
            try RiskScore(RiskInputs())
        }
    }

    @Test("what cannot be is refused by its name")
    func impossible() {
        let changes: [(String, (inout RiskInputs) -> Void)] = [
            ("market_cap", { $0.marketCap = -1 }), ("volatility", { $0.volatility = -1 }),
            ("volume", { $0.volume = -1 }), ("audit_score", { $0.contract = .audited(101) }),
            ("sentiment", { $0.sentiment = -1 }), ("sentiment", { $0.sentiment = 101 }),
            ("top_holders", { $0.topHolders = 101 }),
        ]
        for (name, change) in changes {
            var inputs = Self.best
            change(&inputs)
            #expect(throws: RiskError.invalidInput(name)) { try RiskScore(inputs) }
        }
    }

    @Test("weights make 100, and a score is written with its breakdown")
    func json() throws {
        #expect(RiskFactor.allCases.map(\.weightPercent).reduce(0, +) == 100)
        var inputs = Self.best
        inputs.sentiment = nil
        var writer = JSONWriter()
        writer.beginObject()
        try RiskScore(inputs).writeMembers(to: &writer)
        writer.endObject()
        #expect(
            writer.text()
                == #"{"score":16,"category":"low","breakdown":{"market_cap":"10","volatility":"20","liquidity":"10","#
                + #""contract":"0","sentiment":"50","whales":"20"},"assumed":["sentiment"]}"#)
    }
}
