import Foundation

/// Latency by percentile, each nine as wide as the one before, as HdrHistogram's plotter draws it.
struct PercentilePlot {
    struct Curve {
        var label: String
        /// At ``LatencySummary/curvePercentiles``; milliseconds.
        var values: [Double]
        var colour: Int
    }

    private let curves: [Curve]
    private let highest: Double

    private static let width = 420.0
    private static let left = 48.0
    private static let top = 8.0
    private static let plotWidth = 356.0
    private static let plotHeight = 190.0
    /// Where 100 % stands, in nines: it would be nowhere.
    private static let end = 4.6
    private static let ticks: [Double] = [0, 50, 90, 99, 99.9, 99.99]

    init(curves: [Curve]) {
        self.curves = curves.filter { !$0.values.isEmpty }
        highest = PercentilePlot.roundUp(self.curves.flatMap(\.values).max() ?? 0)
    }

    var html: String {
        guard !curves.isEmpty else { return "" }
        let bottom = PercentilePlot.top + PercentilePlot.plotHeight
        let told = curves.map { "\($0.label) up to \(Figure.short($0.values.last ?? 0)) ms" }
        return """
            <div>
            <h3>Latency by percentile, ms</h3>
            <svg viewBox="0 0 \(Figure.number(PercentilePlot.width, 0)) \(Figure.number(bottom + 24, 0))" role="img" \
            aria-label="\(Markup.text("Latency by percentile: " + told.joined(separator: ", ")))">
            \(horizontals)\(verticals(bottom))\(curves.map(draw).joined())</svg>
            </div>

            """
    }

    // MARK: Axes

    private static func x(_ percentile: Double) -> Double {
        let nines = percentile >= 100 ? end : log10(1 / (1 - percentile / 100))
        return left + nines / end * plotWidth
    }

    private func y(_ milliseconds: Double) -> Double {
        PercentilePlot.top + (1 - milliseconds / highest) * PercentilePlot.plotHeight
    }

    /// The next 1, 2, 2.5 or 5 with its noughts, four steps of which reach the highest value.
    private static func roundUp(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        let unit = pow(10, floor(log10(value / 4)))
        let step = [1, 2, 2.5, 5, 10].first { $0 * unit * 4 >= value } ?? 10
        return step * unit * 4
    }

    private var horizontals: String {
        (0...4).map { index in
            let value = highest / 4 * Double(index)
            let height = Figure.number(y(value), 1)
            return line(
                PercentilePlot.left, PercentilePlot.left + PercentilePlot.plotWidth, y(value), y(value))
                + "<text class=\"soft\" x=\"\(Figure.number(PercentilePlot.left - 7, 0))\" y=\"\(height)\" "
                + "dy=\"4\" text-anchor=\"end\">\(Figure.short(value))</text>\n"
        }.joined()
    }

    private func verticals(_ bottom: Double) -> String {
        (PercentilePlot.ticks + [100]).map { percentile in
            let place = PercentilePlot.x(percentile)
            let name = percentile == 100 ? "max" : "\(PercentilePlot.name(percentile))%"
            return line(place, place, PercentilePlot.top, bottom)
                + "<text class=\"soft\" x=\"\(Figure.number(place, 1))\" y=\"\(Figure.number(bottom + 17, 0))\" "
                + "text-anchor=\"middle\">\(name)</text>\n"
        }.joined()
    }

    private static func name(_ percentile: Double) -> String {
        percentile.rounded() == percentile ? Figure.number(percentile, 0) : String(percentile)
    }

    private func line(_ x1: Double, _ x2: Double, _ y1: Double, _ y2: Double) -> String {
        "<line class=\"axis\" x1=\"\(Figure.number(x1, 1))\" x2=\"\(Figure.number(x2, 1))\" "
            + "y1=\"\(Figure.number(y1, 1))\" y2=\"\(Figure.number(y2, 1))\"/>"
    }

    private func draw(_ curve: Curve) -> String {
        let points = zip(LatencySummary.curvePercentiles, curve.values).map { percentile, value in
            "\(Figure.number(PercentilePlot.x(percentile), 1)),\(Figure.number(y(value), 1))"
        }
        return "<polyline class=\"curve k\(curve.colour)\" points=\"\(points.joined(separator: " "))\">"
            + "<title>\(Markup.text(curve.label))</title></polyline>\n"
    }
}
