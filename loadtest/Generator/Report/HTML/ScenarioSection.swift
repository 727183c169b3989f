/// One scenario: its table, its plots, its figures.
struct ScenarioSection {
    let report: Report
    let scenario: String
    let index: Int

    var html: String {
        """
        <section id="s\(index)">
        <h2>\(Markup.text(scenario))</h2>
        <p>\(Markup.text(about))</p>
        \(table)\(plots)\(figures)</section>

        """
    }

    private var about: String { report.outcomes.first { $0.label == scenario }?.about ?? "" }
    private var servers: [String] { report.servers.filter { !report.outcomes(scenario, $0).isEmpty } }
    private var isDelivering: Bool { report.delivering.contains(scenario) }

    /// A server has its colour in all of the page.
    private func colour(_ server: String) -> Int {
        (report.servers.firstIndex(of: server) ?? 0) % HTMLStyle.colours
    }

    // MARK: Table

    private var table: String {
        guard isDelivering else { return "" }
        let heads = DeliveryColumn.all.map {
            "<th title=\"\(Markup.text($0.meaning))\">\(Markup.text($0.title))</th>"
        }
        return """
            <div class="scroll"><table>
            <thead><tr><th>server</th>\(heads.joined())</tr></thead>
            <tbody>
            \(servers.map(row).joined())</tbody>
            </table></div>

            """
    }

    private func row(_ server: String) -> String {
        let cells = DeliveryColumn.all.map { "<td>\(Markup.text($0.cell(report, scenario, server)))</td>" }
        let outcomes = report.outcomes(scenario, server)
        let voids = outcomes.count { $0.voidReason != nil }
        let tag = voids == 0 ? "" : "<span class=\"tag\">\(voids) of \(outcomes.count) void</span>"
        return "<tr\(voids == 0 ? "" : " class=\"void\"")><td><span class=\"key k\(colour(server))\"></span>"
            + "\(Markup.text(server))\(tag)</td>\(cells.joined())</tr>\n"
    }

    // MARK: Plots

    private var plots: String {
        guard isDelivering else { return "" }
        let bars = BarPlot(
            title: "CPU ns per delivery",
            bars: servers.compactMap { server in
                guard let value = report.median(scenario, server, \.nanosecondsPerDelivery) else {
                    return nil
                }
                let ratio = report.ratio(scenario, server, \.nanosecondsPerDelivery)
                let note = ratio.map { " · \(Figure.number($0, 2)) ×" } ?? ""
                return BarPlot.Bar(
                    label: server, value: value, text: Figure.count(value) + note, colour: colour(server))
            })
        let curves = PercentilePlot(
            curves: servers.map {
                PercentilePlot.Curve(label: $0, values: report.curve(scenario, $0), colour: colour($0))
            })
        return "<div class=\"plots\">\n\(bars.html)\(curves.html)</div>\n"
    }

    private var figures: String {
        let rows = report.figureRows(scenario)
        guard !rows.isEmpty else { return "" }
        let plots = rows.map { row in
            BarPlot(
                title: row.name,
                bars: row.values.map {
                    BarPlot.Bar(
                        label: $0.server, value: $0.value, text: Figure.short($0.value),
                        colour: colour($0.server))
                }, width: 300
            ).html
        }
        return "<div class=\"figures\">\n\(plots.joined())</div>\n"
    }
}
