import Histogram

/// Latencies in nanoseconds, to three digits, up to a minute.
struct LatencyRecorder {
    private var histogram: Histogram<UInt32>
    private static let highest: UInt64 = 60_000_000_000

    init() {
        histogram = Histogram(
            highestTrackableValue: LatencyRecorder.highest, numberOfSignificantValueDigits: .three)
    }

    mutating func record(_ nanoseconds: Int64) {
        histogram.record(min(UInt64(max(0, nanoseconds)), LatencyRecorder.highest))
    }

    mutating func reset() { histogram.reset() }

    var summary: LatencySummary? {
        guard histogram.totalCount > 0 else { return nil }
        func at(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) / 1e6 }
        var curve: [Double] = []
        for percentile in LatencySummary.curvePercentiles { curve.append(at(percentile)) }
        return LatencySummary(
            count: Int(histogram.totalCount), p50: at(50), p95: at(95), p99: at(99), p999: at(99.9),
            max: Double(histogram.max) / 1e6, curve: curve)
    }
}

/// What is told of latencies; milliseconds.
struct LatencySummary: Codable, Sendable {
    var count: Int
    var p50: Double
    var p95: Double
    var p99: Double
    var p999: Double
    var max: Double
    /// The values at ``curvePercentiles``, for a plot.
    var curve: [Double]

    static let curvePercentiles: [Double] = [
        0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99, 100,
    ]
}
