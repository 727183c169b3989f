import Bytes

extension YearlyRule {
    /// Reads a rule; nil where it is none.
    init?(_ text: String) {
        var scanner = RuleScanner(Array(text.utf8))
        guard scanner.skipName(), let west = scanner.time(24) else { return nil }
        standard = -west
        guard !scanner.isAtEnd else {
            summer = nil
            begins = Change(day: .ofYear(0), seconds: 0)
            ends = begins
            return
        }
        guard scanner.skipName() else { return nil }
        if scanner.next == UInt8(ascii: ",") {
            summer = standard + 3600
        } else {
            guard let west = scanner.time(24) else { return nil }
            summer = -west
        }
        guard let begins = scanner.change(), let ends = scanner.change(), scanner.isAtEnd else { return nil }
        self.begins = begins
        self.ends = ends
    }
}

/// Takes a rule's parts from left to right.
private struct RuleScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[index] }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// Leaves out an abbreviation: letters, or anything in `<>`.
    mutating func skipName() -> Bool {
        let start = index
        if take("<") {
            while let byte = next, byte != UInt8(ascii: ">") { index += 1 }
            return take(">") && index - start >= 5
        }
        while let byte = next, (65...90).contains(byte & 0xDF) { index += 1 }
        return index - start >= 3
    }

    /// Hours, and minutes and seconds where they are given, as seconds.
    mutating func time(_ hourLimit: Int64) -> Int64? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard let hours = number(0...hourLimit) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] as [Int64] where take(":") {
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// A comma, a day, and the hour where it is given.
    mutating func change() -> YearlyRule.Change? {
        guard take(","), let day = day() else { return nil }
        guard take("/") else { return YearlyRule.Change(day: day, seconds: 7200) }
        guard let seconds = time(167) else { return nil }
        return YearlyRule.Change(day: day, seconds: seconds)
    }

    private mutating func day() -> YearlyRule.Change.Day? {
        if take("J") { return number(1...365).map { .withoutLeapDay($0) } }
        guard take("M") else { return number(0...365).map { .ofYear($0) } }
        guard let month = number(1...12), take("."), let week = number(1...5), take("."),
            let day = number(0...6)
        else { return nil }
        return .weekday(month: month, week: week, day: day)
    }

    private mutating func number(_ bounds: ClosedRange<Int64>) -> Int64? {
        let start = index
        var value: Int64 = 0
        while let byte = next, (48...57).contains(byte), index - start < 4 {
            value = value * 10 + Int64(byte - 48)
            index += 1
        }
        return index > start && bounds.contains(value) ? value : nil
    }
}
