import Bytes
import Decimals
import JSON
import Prices
import Testing

@Suite("Validation (B2)") struct PriceCheckTests {
    private func check(_ mode: PriceCheck.Mode = .sample, last: PriceValue? = nil) throws -> PriceCheck {
        PriceCheck(try symbol("BTC-USD"), mode, last: last)
    }

    private func take(
        _ check: inout PriceCheck, _ primary: SourcePrice, _ secondary: SourcePrice, at: Int64 = 1000
    ) -> PriceCheck.Outcome? {
        check.take(
            primary: primary, secondary: secondary, primaryName: "one", secondaryName: "two", at: moment(at))
    }

    @Test(
        "two sources up to 5 % of the primary's price apart are high, further ones low with an anomaly",
        arguments: [
            ("100", "100", true), ("100", "105", true), ("100", "95", true),
            ("100", "105.000000000000000001", false), ("100", "94.999999999999999999", false),
            // Of the primary's price, not of the secondary's or of the mean.
            ("95", "99.75", true), ("95", "100", false), ("105", "100", true), ("105", "99.75", true),
            ("105", "99.749999999999999999", false), ("0.000000000000000001", "0.000000000000000002", false),
            ("1e2", "1.05E+2", true),
        ])
    func fivePercent(primary: String, secondary: String, agrees: Bool) throws {
        for mode in [PriceCheck.Mode.sample, .all] {
            var check = try check(mode)
            let (first, second) = (SourcePrice(text: primary), SourcePrice(text: secondary))
            let outcome = try #require(take(&check, first, second))
            let prices = (try decimal(primary), try decimal(secondary))
            #expect(outcome.value.confidence == (agrees ? .high : .low))
            #expect((outcome.anomaly == nil) == agrees)
            let isMean = mode == .all && agrees
            #expect(outcome.value.price == (isMean ? ExactDecimal.mean(prices.0, prices.1) : prices.0))
            #expect(outcome.value.source == (isMean ? nil : "one"))
            guard let anomaly = outcome.anomaly else { continue }
            #expect(anomaly.primary == prices.0 && anomaly.secondary == prices.1)
            #expect(anomaly.at == moment(1000))
        }
    }

    @Test("the mean rounds half to even at 18 places")
    func meanRounds() throws {
        var check = try check(.all)
        let outcome = take(
            &check, SourcePrice(text: "1.000000000000000001"), SourcePrice(text: "1.000000000000000002"))
        #expect(try outcome?.value.price == decimal("1.000000000000000002"))
    }

    @Test("one source only is medium, whichever it is")
    func oneSource() throws {
        for mode in [PriceCheck.Mode.sample, .all] {
            var first = try check(mode)
            let primary = take(&first, SourcePrice(text: "7"), .failed)
            #expect(primary?.value == PriceValue(7, .medium, at: moment(1000), source: "one"))
            var second = try check(mode)
            let secondary = take(&second, .failed, SourcePrice(text: "8", volume: "3"))
            #expect(secondary?.value == PriceValue(8, .medium, at: moment(1000), volume: 3, source: "two"))
            #expect(primary?.anomaly == nil && secondary?.anomaly == nil)
        }
    }

    @Test("no source is the last price, stale with its age; the age counts from when it was a price")
    func stale() throws {
        var check = try check()
        #expect(take(&check, .failed, .failed) == nil)
        _ = take(&check, SourcePrice(text: "7"), .notAsked, at: 1000)
        let first = try #require(take(&check, .failed, .notAsked, at: 61_000)?.value)
        #expect(
            first.confidence == .stale && first.age == 60_000 && first.at == moment(1000) && first.price == 7)
        #expect(take(&check, .failed, .failed, at: 121_000)?.value.age == 120_000)
        #expect(take(&check, SourcePrice(text: "9"), .notAsked, at: 122_000)?.value.age == nil)
    }

    @Test(
        "what is no decimal above zero is a failed source (H, B2)",
        arguments: ["0", "-1", "", "NaN", "1,5", "null", "1e18", "0.0000000000000000001", "-0", "1e-19"])
    func failedSource(text: String) throws {
        #expect(SourcePrice(text: text) == .failed)
        var check = try check()
        #expect(take(&check, SourcePrice(text: text), SourcePrice(text: "2"))?.value.confidence == .medium)
        #expect(take(&check, .price(0, volume: nil), .price(-1, volume: nil))?.value.confidence == .stale)
    }

    @Test("a volume that is none is left out, and the price counts")
    func volumes() throws {
        #expect(SourcePrice(text: "1", volume: "x") == .price(1, volume: nil))
        #expect(SourcePrice(text: "1", volume: "-1") == .price(1, volume: nil))
        #expect(SourcePrice(text: "1e0", volume: "0") == .price(1, volume: 0))
    }

    @Test("a sample sets the confidence until the symbol's next one (H, B1)")
    func samplesPersist() throws {
        var check = try check()
        let price = SourcePrice(text: "100")
        #expect(take(&check, price, .notAsked)?.value.confidence == .medium)
        #expect(take(&check, price, SourcePrice(text: "101"))?.value.confidence == .high)
        #expect(take(&check, SourcePrice(text: "200"), .notAsked)?.value.confidence == .high)
        #expect(take(&check, price, SourcePrice(text: "200"))?.value.confidence == .low)
        let unasked = take(&check, price, .notAsked)
        #expect(unasked?.value.confidence == .low && unasked?.anomaly == nil)
        #expect(take(&check, .failed, .notAsked)?.value.confidence == .stale)
        #expect(take(&check, price, .notAsked)?.value.confidence == .low)
        #expect(take(&check, price, .failed)?.value.confidence == .medium)
        #expect(take(&check, price, .notAsked)?.value.confidence == .medium)
        #expect(check.sampled == .medium)
    }

    @Test("a tenth of the symbols is checked in each round, rounded up, and each in its turn")
    func rotation() throws {
        let all = try (0..<25).map { try symbol("S\($0 / 10)\($0 % 10)") }
        var rotation = SampleRotation()
        let rounds = (0..<9).map { _ in rotation.next(of: all) }
        #expect(rounds.allSatisfy { $0.count == 3 })
        #expect(Array(rounds.joined()) == all + all.prefix(2))
        #expect(SampleRotation(after: all[24]) != SampleRotation())
        var wrapped = SampleRotation(after: all[24])
        #expect(wrapped.next(of: all) == Array(all.prefix(3)))
        // The one behind the last comes next also where the last is gone.
        var gone = SampleRotation(after: all[3])
        #expect(gone.next(of: all.filter { $0 != all[3] }).first == all[4])
        var few = SampleRotation()
        #expect(few.next(of: []).isEmpty)
        #expect(few.next(of: [all[0]]) == [all[0]] && few.next(of: [all[0]]) == [all[0]])
        var hundred = SampleRotation()
        #expect(hundred.next(of: try (100..<200).map { try symbol("S\($0)") }).count == 10)
    }

    @Test("a price and an anomaly as JSON")
    func json() throws {
        var writer = JSONWriter()
        writer.beginObject()
        PriceValue(try decimal("64000.010"), .high, at: moment(5), volume: 2, source: "one")
            .stale(now: moment(8)).writeMembers(to: &writer)
        writer.endObject()
        #expect(
            writer.text()
                == #"{"price":"64000.01","confidence":"stale","at":5,"age_ms":3,"volume":"2","source":"one"}"#
        )
        var other = JSONWriter()
        other.beginObject()
        PriceAnomaly(try symbol("A"), primary: 100, secondary: 93, at: moment(5)).writeMembers(to: &other)
        other.endObject()
        #expect(other.text() == #"{"symbol":"A","primary":"100","secondary":"93","percent":"7","at":5}"#)
    }
}
