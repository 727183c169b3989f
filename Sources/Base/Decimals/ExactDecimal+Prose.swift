extension ExactDecimal {
    /// How many digits that count a number below 1 has in prose.
    private static let digitsBelowOne = 6

    /// The number as an English sentence has it: `64,783.58`, whole ones without a point, others with two digits behind it
    /// at least.
    ///
    /// For people's eyes alone: unlike ``text`` it rounds, half away from zero.
    ///
    /// - Parameter places: How many digits stand behind the point at most, 2 to 18; more where the number is below 1, so that six
    ///   digits count.
    public func prose(places: Int) -> String {
        let magnitude = units.magnitude
        let one = ExactDecimal.unitsPerOne.magnitude
        let leading = ExactDecimal.places - String(magnitude).utf8.count
        let wanted = magnitude < one ? max(places, leading + ExactDecimal.digitsBelowOne) : places
        let kept = min(max(wanted, 2), ExactDecimal.places)
        let step = ExactDecimal.power(of: ExactDecimal.places - kept)
        let rounded = (magnitude + step / 2) / step
        let (whole, fraction) = rounded.quotientAndRemainder(dividingBy: ExactDecimal.power(of: kept))
        let sign = units < 0 && rounded > 0 ? "-" : ""
        var text = sign + ExactDecimal.grouped(String(whole))
        guard fraction > 0 else { return text }
        var digits = String(fraction)
        digits = String(repeating: "0", count: kept - digits.utf8.count) + digits
        while digits.utf8.count > 2, digits.hasSuffix("0") { digits.removeLast() }
        text += "." + digits
        return text
    }

    private static func power(of exponent: Int) -> UInt128 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    /// Digits in threes.
    private static func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
