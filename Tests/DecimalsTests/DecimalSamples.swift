import Decimals
import TestRandom

/// Numbers for properties: many near bounds, many short.
enum DecimalSamples {
    /// Digits without a leading zero, of any length up to a limit, often with zeros at the end.
    static func digits(upTo limit: Int, _ random: inout SeededRandom) -> String {
        let count = Int.random(in: 1...limit, using: &random)
        let zeros = Bool.random(using: &random) ? Int.random(in: 0..<count, using: &random) : 0
        let first = String(Int.random(in: 1...9, using: &random))
        let middle = (1..<max(1, count - zeros)).map { _ in String(Int.random(in: 0...9, using: &random)) }
        return first + middle.joined() + String(repeating: "0", count: min(zeros, count - 1))
    }

    static func number(_ random: inout SeededRandom) -> ExactDecimal {
        let digits = digits(upTo: 36, &random)
        let units = Int128(digits) ?? 0
        return ExactDecimal(units: Bool.random(using: &random) ? units : -units) ?? 0
    }

    /// What `digits · 10^-places` is in units, by the rules of the type.
    static func reading(_ digits: String, places: Int) -> Result<Natural, DecimalError> {
        let shift = 18 - places
        guard digits.count + shift <= 36 else { return .failure(.outOfRange) }
        guard shift < 0 else { return .success(Natural(digits).shifted(by: shift)) }
        let cut = digits.suffix(-shift)
        guard cut.allSatisfy({ $0 == "0" }), digits.count > -shift else { return .failure(.tooManyPlaces) }
        return .success(Natural(digits.dropLast(-shift)))
    }
}
