public import Decimals
public import JSON

/// How risky an asset is, 0 to 100 (REQUIREMENTS B8).
///
/// The weighted sum of six factors in exact decimals, truncated at the end.
public struct RiskScore: Hashable, Sendable {
    /// What a score means.
    public enum Category: String, Sendable {
        /// Below 30.
        case low
        /// Below 60.
        case medium
        /// Below 80.
        case high
        /// The rest.
        case extreme
    }

    /// The score.
    public let score: Int
    /// Each factor's own score.
    public let breakdown: [RiskFactor: ExactDecimal]
    /// Factors whose inputs were unknown, and counted 50.
    public let assumed: [RiskFactor]

    /// Scores an asset.
    ///
    /// - Throws: ``RiskError`` where too little is known, or what cannot be.
    public init(_ inputs: RiskInputs) throws(RiskError) {
        if let impossible = inputs.impossible { throw .invalidInput(impossible) }
        guard let cap = inputs.marketCap, let volatility = inputs.volatility, let volume = inputs.volume
        else { throw .insufficientData(missing: inputs.missing) }
        let unknown: ExactDecimal = 50
        breakdown = [
            .marketCap: RiskFactor.marketCap(cap), .volatility: RiskFactor.volatility(volatility),
            .liquidity: RiskFactor.liquidity(volume, of: cap),
            .contract: RiskFactor.contract(inputs.contract) ?? unknown,
            .sentiment: inputs.sentiment.map(RiskFactor.sentiment) ?? unknown,
            .whales: inputs.topHolders.map(RiskFactor.whales) ?? unknown,
        ]
        assumed =
            (inputs.sentiment == nil ? [.sentiment] : []) + (inputs.topHolders == nil ? [.whales] : [])
        // Weights are percents, so the sum is a hundred times the score, exactly; 100 · 100 is in range.
        let hundredfold = breakdown.reduce(Int128(0)) { sum, factor in
            sum + factor.value.units * Int128(factor.key.weightPercent)
        }
        score = Int(hundredfold / (100 * ExactDecimal.unitsPerOne))
    }

    /// What the score means.
    public var category: Category {
        switch score {
        case ..<30: .low
        case ..<60: .medium
        case ..<80: .high
        default: .extreme
        }
    }

    /// Writes the members of a score: `score`, `category`, `breakdown`, `assumed`.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.field("score", score)
        writer.field("category", category.rawValue)
        writer.key("breakdown")
        writer.beginObject()
        for factor in RiskFactor.allCases {
            writer.key(dynamic: factor.rawValue)
            breakdown[factor].map { writer.value($0) } ?? writer.null()
        }
        writer.endObject()
        writer.key("assumed")
        writer.beginArray()
        for factor in assumed { writer.value(factor.rawValue) }
        writer.endArray()
    }
}
