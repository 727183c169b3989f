import Bytes

/// An amount with decimals, exactly: so many units of a decimal place.
public struct DecimalAmount: Equatable, Sendable {
    /// How many units.
    public let units: UInt64
    /// How many digits stand behind the point; the last one is not 0.
    public let scale: Int

    /// The XRP Ledger's tokens have 16 significant digits at most.
    static let digitLimit = 16

    /// Reads an amount as `12.5`: above 0, one text for each number.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty,
            whole == "0" || !whole.hasPrefix("0"),
            parts.joined().utf8.count <= DecimalAmount.digitLimit + (whole == "0" ? 1 : 0),
            parts.allSatisfy({ $0.utf8.allSatisfy(ASCII.isDigit) })
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !fraction.isEmpty && !fraction.hasSuffix("0"),
            let units = UInt64(whole + fraction), units > 0
        else { return nil }
        self.units = units
        scale = fraction.utf8.count
    }

    /// The amount as text.
    public var text: String { DecimalAmount.text(UInt128(units), scale: scale) }

    /// Units of a decimal place as text.
    static func text(_ units: UInt128, scale: Int) -> String {
        let digits = String(units)
        guard scale > 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
        return padded.dropLast(scale) + "." + padded.suffix(scale)
    }

    /// A ledger's number in units of a decimal place, rounded down; 0 for debts.
    ///
    /// - Parameter text: As `-12.5` or `1000000000000000e-98`.
    /// - Returns: Nil for what is no number; the largest number for more than there is room for.
    static func units(of text: String, scale: Int) -> UInt128? {
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(
            separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = mantissa.joined()
        guard !mantissa[0].isEmpty, !digits.isEmpty, digits.utf8.count <= 100,
            digits.utf8.allSatisfy(ASCII.isDigit), let exponent = parts.count == 2 ? Int(parts[1]) : 0,
            abs(exponent) < 1000
        else { return nil }
        if isNegative { return 0 }
        // The digits stand for units of this place: what is to be appended or cut off.
        let shift = scale + exponent - (mantissa.count == 2 ? mantissa[1].utf8.count : 0)
        let significant = digits.drop { $0 == "0" }
        if significant.isEmpty { return 0 }
        guard significant.utf8.count + shift <= 38 else { return .max }
        let shifted =
            shift >= 0
            ? significant + String(repeating: "0", count: shift) : String(significant.dropLast(-shift))
        return shifted.isEmpty ? 0 : UInt128(shifted)
    }
}
