/// A whole number of any size, in decimal digits with the ones first: slow, and simple enough to be believed.
struct Natural: Equatable, Comparable {
    private var digits: [Int]

    init(_ text: some StringProtocol) {
        digits = text.reversed().map { $0.wholeNumberValue ?? 0 }
        trim()
    }

    private init(digits: [Int]) {
        self.digits = digits
        trim()
    }

    static let zero = Natural("")

    var text: String { digits.isEmpty ? "0" : digits.reversed().map(String.init).joined() }
    var isOdd: Bool { digits.first.map { $0 % 2 == 1 } ?? false }

    func shifted(by places: Int) -> Natural { Natural(digits: Array(repeating: 0, count: places) + digits) }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }

    static func < (a: Natural, b: Natural) -> Bool {
        if a.digits.count != b.digits.count { return a.digits.count < b.digits.count }
        for index in a.digits.indices.reversed() where a.digits[index] != b.digits[index] {
            return a.digits[index] < b.digits[index]
        }
        return false
    }

    static func + (a: Natural, b: Natural) -> Natural {
        var sum: [Int] = []
        var carry = 0
        for index in 0..<max(a.digits.count, b.digits.count) + 1 {
            let place =
                carry + (index < a.digits.count ? a.digits[index] : 0)
                + (index < b.digits.count ? b.digits[index] : 0)
            sum.append(place % 10)
            carry = place / 10
        }
        return Natural(digits: sum)
    }

    /// Of a number that is no larger.
    static func - (a: Natural, b: Natural) -> Natural {
        var rest: [Int] = []
        var borrow = 0
        for index in a.digits.indices {
            let place = a.digits[index] - borrow - (index < b.digits.count ? b.digits[index] : 0)
            rest.append(place < 0 ? place + 10 : place)
            borrow = place < 0 ? 1 : 0
        }
        return Natural(digits: rest)
    }

    static func * (a: Natural, b: Natural) -> Natural {
        var product = Array(repeating: 0, count: a.digits.count + b.digits.count + 1)
        for (i, x) in a.digits.enumerated() {
            for (j, y) in b.digits.enumerated() { product[i + j] += x * y }
        }
        for index in 0..<product.count - 1 {
            product[index + 1] += product[index] / 10
            product[index] %= 10
        }
        return Natural(digits: product)
    }

    func quotientAndRemainder(dividingBy divisor: Natural) -> (quotient: Natural, remainder: Natural) {
        var quotient: [Int] = []
        var rest = Natural.zero
        for digit in digits.reversed() {
            rest = Natural(digits: [digit] + rest.digits)
            var times = 0
            while rest >= divisor {
                rest = rest - divisor
                times += 1
            }
            quotient.append(times)
        }
        return (Natural(digits: quotient.reversed()), rest)
    }

    /// To the nearest, halves to even.
    func rounded(dividingBy divisor: Natural) -> Natural {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        let twice = rest + rest
        return twice > divisor || twice == divisor && quotient.isOdd ? quotient + Natural("1") : quotient
    }
}
