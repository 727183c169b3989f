public import Decimals

/// What a source says of a symbol in one round.
public enum SourcePrice: Hashable, Sendable {
    /// It was not asked.
    case notAsked
    /// It did not answer, or with what is no price.
    case failed
    /// A price above zero, with the volume if there is one.
    case price(ExactDecimal, volume: ExactDecimal?)

    /// A price as the source writes it: what is not a decimal above zero is a failure.
    ///
    /// A volume that is no decimal, or below zero, is left out.
    public init(text: String, volume: String? = nil) {
        guard let price = try? ExactDecimal(text), price.isPositive else {
            self = .failed
            return
        }
        let amount = volume.flatMap { try? ExactDecimal($0) }.flatMap { $0.isNegative ? nil : $0 }
        self = .price(price, volume: amount)
    }

    var price: ExactDecimal? {
        if case .price(let price, _) = self, price.isPositive { return price }
        return nil
    }

    var volume: ExactDecimal? {
        if case .price(_, let volume) = self { return volume }
        return nil
    }
}
