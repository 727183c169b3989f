/// What was required, and what came of it.
enum BarSection {
    static func make(_ report: Report) -> String {
        guard !report.bars.isEmpty else { return "" }
        let rows = report.bars.map { bar in
            let measured =
                bar.measured.map { "<td>\(Figure.short($0))</td>" }
                ?? "<td class=\"reason\">\(Markup.text(bar.reason ?? ""))</td>"
            let verdict = bar.verdict.rawValue
            return "<tr><td>\(Markup.text(bar.about))</td><td>\(Markup.text(bar.scenario))</td>"
                + "<td>\(Markup.text(bar.requirement))</td>\(measured)<td class=\"\(verdict)\">\(verdict)</td></tr>\n"
        }
        let green = report.bars.count { $0.verdict == .green }
        return """
            <section>
            <h2>Bars: \(green) of \(report.bars.count) green</h2>
            <div class="scroll"><table class="wide">
            <thead><tr><th>bar</th><th>scenario</th><th>required</th><th>measured</th><th></th></tr></thead>
            <tbody>
            \(rows.joined())</tbody>
            </table></div>
            </section>

            """
    }
}
