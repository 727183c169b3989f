import Decimals

/// How much a price moves from day to day.
enum Volatility {
    /// The days that are looked back (REQUIREMENTS B8).
    static let days: Int64 = 90
    /// Changes from one day to the next that have to be known.
    static let leastChanges = 30

    /// The sample standard deviation of the daily changes, in percent of the day before; nil where too few are known.
    ///
    /// Not annualised. Each change is rounded half to even at the 18th place, the root cut off at the 9th.
    ///
    /// - Parameter closes: Closing prices by day, ascending; a day that is missing makes no change.
    /// - Returns: It, and of how many changes.
    static func percent(_ closes: [(day: Int64, price: ExactDecimal)]) -> (value: ExactDecimal, changes: Int)?
    {
        var changes: [ExactDecimal] = []
        for (before, after) in zip(closes, closes.dropFirst()) where after.day == before.day + 1 {
            guard before.price.isPositive,
                let difference = try? after.price.subtracting(before.price),
                let share = try? difference.divided(by: before.price),
                let percent = try? share.multiplied(byWhole: 100)
            else { return nil }
            changes.append(percent)
        }
        guard changes.count >= leastChanges, let value = try? deviation(changes) else { return nil }
        return (value, changes.count)
    }

    private static func deviation(_ values: [ExactDecimal]) throws(DecimalError) -> ExactDecimal {
        var sum: ExactDecimal = 0
        for value in values { sum = try sum.adding(value) }
        let mean = try sum.divided(byWhole: Int64(values.count))
        var squares: ExactDecimal = 0
        for value in values {
            let distance = try value.subtracting(mean)
            squares = try squares.adding(try distance.multiplied(by: distance))
        }
        let variance = try squares.divided(byWhole: Int64(values.count - 1))
        // √(units ÷ 10¹⁸) is √units ÷ 10⁹.
        let root = IntegerRoot.floor(UInt128(variance.units))
        guard let result = ExactDecimal(units: Int128(root) * 1_000_000_000) else { throw .outOfRange }
        return result
    }
}
