import Decimals

/// One of the six things that make a risk score.
public enum RiskFactor: String, CaseIterable, Sendable {
    /// Market capitalisation.
    case marketCap = "market_cap"
    /// Volatility of 90 days.
    case volatility
    /// Volume of 24 hours over market capitalisation.
    case liquidity
    /// The smart contract.
    case contract
    /// Sentiment.
    case sentiment
    /// The share of the ten largest holders.
    case whales

    /// How much it counts, in percent; all together 100.
    public var weightPercent: Int64 {
        switch self {
        case .marketCap, .liquidity: 20
        case .volatility: 25
        case .contract: 15
        case .sentiment, .whales: 10
        }
    }

    // Beyond the literals of 32 bits.
    private static let tenBillion =
        ExactDecimal(units: 10_000_000_000 * ExactDecimal.unitsPerOne) ?? .greatest

    static func marketCap(_ cap: ExactDecimal) -> ExactDecimal {
        switch cap {
        case tenBillion...: 10
        case 1_000_000_000...: 30
        case 100_000_000...: 50
        case 10_000_000...: 70
        default: 90
        }
    }

    static func volatility(_ percent: ExactDecimal) -> ExactDecimal {
        switch percent {
        case ..<5: 20
        case ..<10: 40
        case ..<20: 70
        default: 95
        }
    }

    /// Nothing is divided: the volume is compared with the share of the capitalisation.
    static func liquidity(_ volume: ExactDecimal, of cap: ExactDecimal) -> ExactDecimal {
        guard cap.isPositive else { return 90 }
        func isAtLeast(_ percent: Int64) -> Bool {
            guard let share = try? ExactDecimal(percent).divided(byWhole: 100) else { return false }
            return volume.isAtLeast(share, of: cap)
        }
        return isAtLeast(10) ? 10 : isAtLeast(5) ? 30 : isAtLeast(1) ? 60 : 90
    }

    /// - Returns: Nil where the sum leaves the range, which an audit's score within 0 to 100 does not.
    static func contract(_ contract: RiskInputs.Contract) -> ExactDecimal? {
        switch contract {
        case .none: 0
        case .unaudited: 50
        case .audited(let quality): try? ExactDecimal(integerLiteral: 100).subtracting(quality)
        }
    }

    static func sentiment(_ sentiment: ExactDecimal) -> ExactDecimal {
        switch sentiment {
        case 70...: 20
        case 50...: 40
        case 30...: 70
        default: 90
        }
    }

    static func whales(_ percent: ExactDecimal) -> ExactDecimal {
        switch percent {
        case ..<30: 20
        case ..<50: 40
        case ..<70: 70
        default: 95
        }
    }
}
