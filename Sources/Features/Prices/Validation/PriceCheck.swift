public import Bytes
public import Decimals

/// One symbol's price out of what two sources say (REQUIREMENTS B2).
///
/// | primary | secondary | price | confidence |
/// | --- | --- | --- | --- |
/// | yes | yes, ≤ 5 % of the primary's apart | the mean, or with samples the primary's | high |
/// | yes | yes, further apart | the primary's, and an anomaly | low |
/// | yes | failed | the primary's | medium |
/// | yes | not asked | the primary's | that of the last sample, at first medium |
/// | no | yes | the secondary's | medium |
/// | no | no | the last one | stale |
public struct PriceCheck: Hashable, Sendable {
    /// How often the secondary source is asked.
    public enum Mode: String, Sendable {
        /// For some symbols in each round: the price is always the primary's, so that it does not jump with the sample.
        case sample
        /// For all in each round: the price is the mean where both agree.
        case all
    }

    /// What came out of a round.
    public struct Outcome: Hashable, Sendable {
        /// The price to publish.
        public let value: PriceValue
        /// That the sources disagree.
        public let anomaly: PriceAnomaly?
    }

    /// How far apart prices may be, in percent of the primary's.
    public static let agreementPercent: ExactDecimal = 5

    /// The symbol.
    public let symbol: Symbol
    /// How often the secondary source is asked.
    public let mode: Mode
    /// What the last round that asked both sources came to, if one did.
    public private(set) var sampled: Confidence?
    /// The last price that a source told.
    public private(set) var last: PriceValue?

    /// A symbol of which nothing is known, or what was known before a restart.
    public init(_ symbol: Symbol, _ mode: Mode, sampled: Confidence? = nil, last: PriceValue? = nil) {
        self.symbol = symbol
        self.mode = mode
        self.sampled = sampled
        self.last = last
    }

    /// Takes in a round.
    ///
    /// - Returns: Nil where there is no price and never was one: `price_unavailable`.
    public mutating func take(
        primary: SourcePrice, secondary: SourcePrice, primaryName: String, secondaryName: String,
        at: Timestamp
    ) -> Outcome? {
        guard let first = primary.price else {
            guard let second = secondary.price else { return last.map { Outcome($0.stale(now: at)) } }
            if primary == .failed { sampled = .medium }
            return publish(
                PriceValue(second, .medium, at: at, volume: secondary.volume, source: secondaryName))
        }
        let confidence = confidence(first, secondary)
        if confidence == .high, mode == .all, let second = secondary.price {
            let mean = ExactDecimal.mean(first, second)
            return publish(
                PriceValue(mean, .high, at: at, volume: primary.volume ?? secondary.volume, source: nil))
        }
        let value = PriceValue(first, confidence, at: at, volume: primary.volume, source: primaryName)
        guard confidence == .low, let second = secondary.price else { return publish(value) }
        return publish(value, PriceAnomaly(symbol, primary: first, secondary: second, at: at))
    }

    /// What the secondary's answer makes of the primary's price; remembered where it was asked.
    private mutating func confidence(_ primary: ExactDecimal, _ secondary: SourcePrice) -> Confidence {
        if secondary == .notAsked { return sampled ?? .medium }
        guard let other = secondary.price else {
            sampled = .medium
            return .medium
        }
        let isFar = other.differs(from: primary, byMoreThanPercent: PriceCheck.agreementPercent)
        sampled = isFar ? .low : .high
        return isFar ? .low : .high
    }

    private mutating func publish(_ value: PriceValue, _ anomaly: PriceAnomaly? = nil) -> Outcome {
        last = value
        return Outcome(value, anomaly)
    }
}

extension PriceCheck.Outcome {
    fileprivate init(_ value: PriceValue, _ anomaly: PriceAnomaly? = nil) {
        self.value = value
        self.anomaly = anomaly
    }
}
