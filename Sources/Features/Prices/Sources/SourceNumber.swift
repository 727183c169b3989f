import Decimals
import JSON

/// A number in a source's answer.
enum SourceNumber {
    /// The number of a member, exactly; one with more digits than we have places, as binary floating point prints them, is
    /// rounded half to even at the last place. Nil where there is none.
    static func read(_ value: JSONValue?) -> ExactDecimal? {
        switch value {
        case .integer(let whole): try? ExactDecimal(whole)
        case .number(let text), .string(let text): try? ExactDecimal(rounding: text)
        default: nil
        }
    }

    /// A price with its volume and market capitalisation; amounts below zero are left out.
    static func quote(price: JSONValue?, volume: JSONValue?, marketCap: JSONValue?) -> SourceQuote {
        func amount(_ value: JSONValue?) -> ExactDecimal? { read(value).flatMap { $0.isNegative ? nil : $0 } }
        guard let price = read(price), price.isPositive else {
            return SourceQuote(price: .failed, marketCap: nil)
        }
        // Many say 0 for what they do not know.
        let cap = amount(marketCap).flatMap { $0.isPositive ? $0 : nil }
        return SourceQuote(price: .price(price, volume: amount(volume)), marketCap: cap)
    }
}
