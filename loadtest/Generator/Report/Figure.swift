import Foundation

/// Numbers as tables and plots show them.
enum Figure {
    /// With so many digits behind the point; empty for nothing.
    static func number(_ value: Double?, _ places: Int) -> String {
        value.map { String(format: "%.\(places)f", $0) } ?? ""
    }

    /// A whole number, its digits in groups of three; empty for nothing.
    static func count(_ value: Double?) -> String {
        guard let value else { return "" }
        let digits = String(format: "%.0f", abs(value))
        var text = value <= -0.5 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// Three digits that count, or all that stand before the point.
    static func short(_ value: Double) -> String {
        switch abs(value) {
        case 100...: count(value)
        case 10..<100: number(value, 1)
        case 0: "0"
        default: number(value, abs(value) < 0.1 ? 3 : 2)
        }
    }
}
