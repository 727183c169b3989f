import Telemetry
import Testing

@Suite("Metrics as text")
struct ExpositionTests {
    private static func text(_ format: Exposition.Format) -> String {
        var text = Exposition(format)
        text.begin(Metric("stoa_errors_total", .counter, "Errors \"sent\", by code."))
        text.sample(3, ["code": "a\\b\"c\nd"])
        var histogram = Histogram([1_000_000, 10_000_000])
        for value in [1, 1_000_000, 2_000_000, 3_000_000_000] as [Int64] { histogram.observe(value) }
        text.add(Metric("stoa_turn_seconds", .histogram, "Turns."), histogram, unit: 1e-9)
        return text.finish()
    }

    @Test("names, types, escaped labels and cumulative buckets (Prometheus text format 0.0.4)")
    func prometheus() {
        #expect(
            ExpositionTests.text(.prometheus) == """
                # HELP stoa_errors_total Errors "sent", by code.
                # TYPE stoa_errors_total counter
                stoa_errors_total{code="a\\\\b\\"c\\nd"} 3
                # HELP stoa_turn_seconds Turns.
                # TYPE stoa_turn_seconds histogram
                stoa_turn_seconds_bucket{le="0.001"} 2
                stoa_turn_seconds_bucket{le="0.01"} 3
                stoa_turn_seconds_bucket{le="+Inf"} 4
                stoa_turn_seconds_sum 3.003000001
                stoa_turn_seconds_count 4

                """)
    }

    @Test("a counter's family has no ending, quotes in help are escaped, the text ends (OpenMetrics 1.0)")
    func openMetrics() {
        let lines = ExpositionTests.text(.openMetrics).split(separator: "\n")
        #expect(lines[0] == "# HELP stoa_errors Errors \\\"sent\\\", by code.")
        #expect(lines[1] == "# TYPE stoa_errors counter")
        #expect(lines[2].hasPrefix("stoa_errors_total{"))
        #expect(lines.last == "# EOF")
    }

    @Test("a histogram's parts add up, and two of them are added")
    func histograms() {
        var first = Histogram([1, 10])
        for value in [0, 1, 2, 11, 12] as [Int64] { first.observe(value) }
        #expect(first.counts == [2, 1, 2])
        var second = Histogram([1, 10])
        second.observe(5)
        second.add(first)
        #expect(second.counts == [2, 2, 2])
        #expect(second.total == 6 && second.sum == 31)
    }
}
