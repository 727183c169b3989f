/// Bars beside each other's names, from 0.
struct BarPlot {
    struct Bar {
        var label: String
        var value: Double
        /// What stands at its end.
        var text: String
        var colour: Int
    }

    let title: String
    let bars: [Bar]
    var width = 420.0

    private static let step = 26.0
    private static let labelWidth = 84.0
    /// Room for what stands at the longest bar's end.
    private static let textWidth = 104.0

    var html: String {
        guard !bars.isEmpty else { return "" }
        let height = BarPlot.step * Double(bars.count)
        let longest = bars.map(\.value).max() ?? 0
        let told = bars.map { "\($0.label) \($0.text)" }.joined(separator: ", ")
        return """
            <div>
            <h3>\(Markup.text(title))</h3>
            <svg viewBox="0 0 \(Figure.number(width, 0)) \(Figure.number(height, 0))" role="img" \
            aria-label="\(Markup.text("\(title): \(told)"))">
            \(bars.enumerated().map { draw($1, at: Double($0) * BarPlot.step, longest) }.joined())</svg>
            </div>

            """
    }

    private func draw(_ bar: Bar, at top: Double, _ longest: Double) -> String {
        let room = width - BarPlot.labelWidth - BarPlot.textWidth
        let length = longest > 0 ? max(1, max(0, bar.value) / longest * room) : 1
        let end = BarPlot.labelWidth + length
        let baseline = Figure.number(top + 16, 0)
        return "<text class=\"soft\" x=\"\(Figure.number(BarPlot.labelWidth - 8, 0))\" y=\"\(baseline)\" "
            + "text-anchor=\"end\">\(Markup.text(bar.label))</text>"
            + "<rect class=\"k\(bar.colour)\" x=\"\(Figure.number(BarPlot.labelWidth, 0))\" "
            + "y=\"\(Figure.number(top + 4, 0))\" width=\"\(Figure.number(length, 1))\" height=\"16\" rx=\"2\"/>"
            + "<text x=\"\(Figure.number(end + 7, 1))\" y=\"\(baseline)\">\(Markup.text(bar.text))</text>\n"
    }
}
