import Decimals

/// What risk scores of made-up things are made of, so that whoever tries a server sees some: capitalisations that go with
/// the prices, a turnover that wanders, and the rest as it is.
public struct DemoRisk: Sendable {
    private struct Thing: Sendable {
        /// How many there are.
        let supply: Int64
        /// What is traded in a day, in ten-thousandths of all there are.
        var turnover: Int64
        let inputs: RiskInputs
    }

    private var things: [Symbol: Thing]
    private var random: DemoRandom

    /// How far a turnover wanders at a time, in ten-thousandths.
    private static let step: Int64 = 12

    /// What there is of them; the same seed wanders the same way.
    public init(seed: UInt64) {
        random = DemoRandom(seed: seed)
        // Nobody knows a mood of one, nor who holds another: such factors count as the middle, and are said to.
        let all: [(String, Int64, Int64, RiskInputs)] = [
            ("DEMO-BTC", 19_700_000, 480, DemoRisk.inputs(3, .none, sentiment: 72, holders: 12)),
            ("DEMO-ETH", 120_000_000, 620, DemoRisk.inputs(4, .none, sentiment: 64, holders: 38)),
            ("DEMO-SOL", 460_000_000, 540, DemoRisk.inputs(8, .none, sentiment: 58, holders: 44)),
            ("DEMO-XRP", 55_000_000_000, 520, DemoRisk.inputs(11, .unaudited, sentiment: nil, holders: 71)),
            ("DEMO-GOLD", 1_200_000, 310, DemoRisk.inputs(1, .audited(82), sentiment: 55, holders: nil)),
            ("DEMO-TEA", 810_000, 105, DemoRisk.inputs(24, .unaudited, sentiment: 24, holders: 83)),
        ]
        things = [:]
        for (name, supply, turnover, inputs) in all {
            guard let symbol = Symbol(name) else { continue }
            things[symbol] = Thing(supply: supply, turnover: turnover, inputs: inputs)
        }
    }

    /// - Parameter volatility: In percent, as sentiment and holders.
    private static func inputs(
        _ volatility: ExactDecimal, _ contract: RiskInputs.Contract, sentiment: ExactDecimal?,
        holders: ExactDecimal?
    ) -> RiskInputs {
        RiskInputs(
            volatility: volatility, contract: contract, sentiment: sentiment, topHolders: holders)
    }

    /// What no price source says of them.
    public var given: [Symbol: RiskInputs] { things.mapValues(\.inputs) }

    /// What a source says next of things at these prices.
    public mutating func next(at prices: [QuotedPrice]) -> [Symbol: SourceQuote] {
        var quotes: [Symbol: SourceQuote] = [:]
        for price in prices {
            guard var thing = things[price.symbol] else { continue }
            let turn = random.next(below: 2 * DemoRisk.step + 1) - DemoRisk.step
            thing.turnover = max(1, min(2000, thing.turnover + turn))
            things[price.symbol] = thing
            guard let cap = try? price.value.price.multiplied(byWhole: thing.supply),
                let volume = try? cap.multiplied(byWhole: thing.turnover).divided(byWhole: 10_000)
            else { continue }
            quotes[price.symbol] = SourceQuote(
                price: .price(price.value.price, volume: volume), marketCap: cap)
        }
        return quotes
    }
}
