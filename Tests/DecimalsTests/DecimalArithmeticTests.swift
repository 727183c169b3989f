import Decimals
import TestRandom
import Testing

@Suite struct DecimalArithmeticTests {
    private static let one = Natural("1000000000000000000")
    private static let limit = Natural("1").shifted(by: 36)

    private func decimal(_ text: String) throws -> ExactDecimal { try ExactDecimal(text) }

    private func magnitude(_ number: ExactDecimal) -> Natural { Natural(String(number.units.magnitude)) }

    @Test("sums and differences are exact, and too large ones are errors")
    func sums() throws {
        #expect(try decimal("0.1").adding(decimal("0.2")).text == "0.3")
        #expect(try decimal("0.1").subtracting(decimal("0.3")).text == "-0.2")
        #expect(throws: DecimalError.outOfRange) { try ExactDecimal.greatest.adding(.smallestStep) }
        #expect(throws: DecimalError.outOfRange) { try (-ExactDecimal.greatest).subtracting(.smallestStep) }
        #expect(try ExactDecimal.greatest.subtracting(.greatest) == .zero)
    }

    @Test(
        "products and quotients round half to even at the 18th place, or are cut off",
        arguments: [
            ("0.000000000000000001", "0.5", "0", "0"),
            ("0.000000000000000003", "0.5", "0.000000000000000002", "0.000000000000000001"),
            ("0.000000000000000005", "0.5", "0.000000000000000002", "0.000000000000000002"),
            ("-0.000000000000000003", "0.5", "-0.000000000000000002", "-0.000000000000000001"),
            ("0.000000000000000001", "0.500000000000000001", "0.000000000000000001", "0"),
            ("1.5", "-1.5", "-2.25", "-2.25"), ("0", "-1", "0", "0"),
        ])
    func productsRound(a: String, b: String, even: String, cut: String) throws {
        #expect(try decimal(a).multiplied(by: decimal(b)).text == even)
        #expect(try decimal(a).multiplied(by: decimal(b), .towardZero).text == cut)
    }

    @Test("quotients")
    func quotients() throws {
        #expect(try ExactDecimal(2).divided(by: 3).text == "0.666666666666666667")
        #expect(try ExactDecimal(2).divided(by: 3, .towardZero).text == "0.666666666666666666")
        #expect(try ExactDecimal(2).divided(by: decimal("-3")).text == "-0.666666666666666667")
        #expect(try ExactDecimal.smallestStep.divided(by: 2).text == "0")
        #expect(
            try decimal("0.000000000000000003").divided(byWhole: Int64(-2)).text == "-0.000000000000000002")
        #expect(throws: DecimalError.divisionByZero) { try ExactDecimal(1).divided(by: ExactDecimal.zero) }
        #expect(throws: DecimalError.divisionByZero) { try ExactDecimal(1).divided(byWhole: Int64(0)) }
        #expect(throws: DecimalError.outOfRange) { try ExactDecimal(1).divided(by: .smallestStep) }
        #expect(throws: DecimalError.outOfRange) { try ExactDecimal.greatest.multiplied(by: .greatest) }
        #expect(throws: DecimalError.outOfRange) { try ExactDecimal.greatest.multiplied(byWhole: Int64.min) }
    }

    @Test("products and quotients of any numbers (against long arithmetic)")
    func againstReference() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<200 {
            let (a, b) = (DecimalSamples.number(&random), DecimalSamples.number(&random))
            let product = (magnitude(a) * magnitude(b)).rounded(dividingBy: Self.one)
            check(try? a.multiplied(by: b), product, a.isNegative != b.isNegative, "\(a) * \(b)")
            let quotient = (magnitude(a) * Self.one).rounded(dividingBy: magnitude(b))
            check(try? a.divided(by: b), quotient, a.isNegative != b.isNegative, "\(a) / \(b)")
            let count = Int64.random(in: 1...1_000_000, using: &random)
            check(
                try? a.divided(byWhole: count), magnitude(a).rounded(dividingBy: Natural("\(count)")),
                a.isNegative,
                "\(a) / \(count)")
            let far = (magnitude(a) * Natural("100")) > (magnitude(b) * Natural("105"))
            #expect(
                a.magnitude > b.magnitude
                    ? a.magnitude.differs(from: b.magnitude, byMoreThanPercent: 5) == far : true)
        }
    }

    private func check(
        _ result: ExactDecimal?, _ expected: Natural, _ isNegative: Bool, _ what: Comment
    ) {
        #expect((result == nil) == (expected >= Self.limit), what)
        guard let result else { return }
        #expect(magnitude(result) == expected, what)
        #expect(result.units == 0 || result.isNegative == isNegative, what)
    }

    @Test(
        "5 % is near, and the smallest step more is not",
        arguments: [
            ("100", "105", false), ("100", "95", false), ("100", "105.000000000000000001", true),
            ("100", "94.999999999999999999", true), ("0.00000000000000002", "0.000000000000000021", false),
            ("0.00000000000000002", "0.000000000000000022", true),
            ("900000000000000000", "945000000000000000", false),
            ("900000000000000000", "945000000000000000.000000000000000001", true), ("0", "0", false),
            ("0", "0.000000000000000001", true),
        ])
    func fivePercent(reference: String, value: String, isFar: Bool) throws {
        #expect(try decimal(value).differs(from: decimal(reference), byMoreThanPercent: 5) == isFar)
    }

    @Test("a share of another number is compared exactly")
    func shares() throws {
        let share = try decimal("0.05")
        #expect(ExactDecimal(5).isAtLeast(share, of: 100))
        #expect(try !decimal("4.999999999999999999").isAtLeast(share, of: 100))
        #expect(ExactDecimal(0).isAtLeast(share, of: 0))
        #expect(!ExactDecimal(-1).isAtLeast(share, of: 0))
    }

    @Test(
        "the mean of two rounds half to even",
        arguments: [
            ("1", "2", "1.5"), ("0", "0.000000000000000001", "0"),
            ("0.000000000000000001", "0.000000000000000002", "0.000000000000000002"),
            ("0.000000000000000002", "0.000000000000000003", "0.000000000000000002"),
            ("-0.000000000000000001", "0", "0"),
            ("-0.000000000000000001", "-0.000000000000000002", "-0.000000000000000002"),
            (
                "999999999999999999.999999999999999999", "999999999999999999.999999999999999997",
                "999999999999999999.999999999999999998"
            ),
        ])
    func means(a: String, b: String, mean: String) throws {
        #expect(try ExactDecimal.mean(decimal(a), decimal(b)).text == mean)
        #expect(try DecimalSum([decimal(a), decimal(b)]).mean?.text == mean)
    }

    @Test("sums of many are exact beyond a decimal's range")
    func manySums() throws {
        var sum = DecimalSum()
        #expect(sum.mean == nil)
        for _ in 0..<1000 { sum.add(.greatest) }
        #expect(throws: DecimalError.outOfRange) { try sum.total() }
        #expect(sum.mean == .greatest)
        #expect(DecimalSum(whole: sum.whole, fraction: sum.fraction, count: 1000) == sum)
        #expect(DecimalSum(whole: sum.whole, fraction: sum.fraction, count: 999) == nil)
        for _ in 0..<999 { sum.remove(.greatest) }
        #expect(try sum.total() == .greatest)
        #expect(sum == DecimalSum([.greatest]))
        sum.remove(.greatest)
        #expect(sum == DecimalSum())
    }

    @Test("means of many (against long arithmetic)")
    func manyMeans() throws {
        var random = SeededRandom(seed: 9)
        for _ in 0..<200 {
            let numbers = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                DecimalSamples.number(&random)
            }
            let below = numbers.filter(\.isNegative).reduce(Natural.zero) { $0 + magnitude($1) }
            let above = numbers.filter(\.isPositive).reduce(Natural.zero) { $0 + magnitude($1) }
            let total = above > below ? above - below : below - above
            let mean = try #require(DecimalSum(numbers).mean)
            check(mean, total.rounded(dividingBy: Natural("\(numbers.count)")), above < below, "\(numbers)")
        }
    }

    @Test("numbers are in order, and whole parts are cut off")
    func order() throws {
        #expect(try decimal("-0.1") < 0)
        #expect(try decimal("0.1") < decimal("0.10000000000000001"))
        #expect(try decimal("-7.9").wholePart == -7)
        #expect(ExactDecimal.greatest.wholePart == 999_999_999_999_999_999)
        #expect(try ExactDecimal(Int64(-3)) == -3)
        #expect(throws: DecimalError.outOfRange) { try ExactDecimal(Int64(1_000_000_000_000_000_000)) }
        #expect(ExactDecimal(units: ExactDecimal.unitLimit) == nil)
    }

    @Test("square roots are rounded down, at every bound")
    func roots() {
        for root: UInt64 in [0, 1, 2, 3, 10, 94_906_265, 94_906_267, 4_294_967_294, 4_294_967_295] {
            let square = root * root
            #expect(IntegerRoot.floor(square) == root)
            if square > 0 { #expect(IntegerRoot.floor(square - 1) == root - 1) }
            #expect(IntegerRoot.floor(UInt128(square)) == root)
        }
        #expect(IntegerRoot.floor(UInt64.max) == 4_294_967_295)
        for root: UInt64 in [4_294_967_296, 1 << 63, .max - 1, .max] {
            let square = UInt128(root) * UInt128(root)
            #expect(IntegerRoot.floor(square) == root)
            #expect(IntegerRoot.floor(square - 1) == root - 1)
            #expect(IntegerRoot.floor(square + 1) == root)
        }
        #expect(IntegerRoot.floor(UInt128.max) == .max)
    }
}
