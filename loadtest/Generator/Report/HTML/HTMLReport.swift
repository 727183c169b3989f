/// A report as one page: no script, nothing from elsewhere, light and dark.
enum HTMLReport {
    static func make(_ report: Report) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Load report, \(Markup.text(report.machine.date))</title>
        <style>
        \(HTMLStyle.sheet)
        </style>
        </head>
        <body>
        \(header(report))
        <main>
        \(voids(report))\(BarSection.make(report))\(contents(report))\(scenarios(report))
        </main>
        <footer>Medians over the rounds; ratios are made within a round. Latency of what is sent at a rate counts from when
        it was due. <a href="#columns">What the columns mean</a></footer>
        \(columns(report))
        </body>
        </html>

        """
    }

    private static func header(_ report: Report) -> String {
        let machine = report.machine
        let facts = [
            ("Machine", "\(machine.processor), \(machine.processors) processors, Linux \(machine.kernel)"),
            ("Commit", machine.commit), ("Date", machine.date),
        ]
        let versions =
            report.versions.map { ($0.server, $0.version) }
            + report.leftOut.sorted { $0.key < $1.key }.map { ($0.key, "left out: " + $0.value) }
        let list = (facts + versions).map {
            "<div><dt>\(Markup.text($0.0))</dt><dd>\(Markup.text($0.1))</dd></div>\n"
        }
        return """
            <header>
            <h1>Load report</h1>
            <p class="command"><code>stoa-load \(Markup.text(report.arguments.joined(separator: " ")))</code></p>
            <dl>
            \(list.joined())</dl>
            </header>
            """
    }

    private static func voids(_ report: Report) -> String {
        guard !report.voids.isEmpty else { return "" }
        let items = report.voids.map { outcome in
            let words = ([outcome.faults.words] + outcome.problems).filter { !$0.isEmpty }
            let details = words.map { "<br><small>\(Markup.text($0))</small>" }.joined()
            return "<li><b>\(Markup.text(outcome.label))</b> on \(Markup.text(outcome.server)), "
                + "round \(outcome.round + 1): \(Markup.text(outcome.voidReason ?? ""))\(details)</li>\n"
        }
        return """
            <section class="void" aria-label="Void runs">
            <h2>Void runs: \(report.voids.count) of \(report.outcomes.count)</h2>
            <ul>
            \(items.joined())</ul>
            </section>

            """
    }

    private static func contents(_ report: Report) -> String {
        guard report.scenarios.count > 1 else { return "" }
        let links = report.scenarios.enumerated().map { index, name in
            "<a href=\"#s\(index)\">\(Markup.text(name))</a>"
        }
        return "<nav aria-label=\"Scenarios\">\n\(links.joined(separator: "\n"))\n</nav>\n"
    }

    private static func scenarios(_ report: Report) -> String {
        report.scenarios.enumerated().map { ScenarioSection(report: report, scenario: $1, index: $0).html }
            .joined()
    }

    private static func columns(_ report: Report) -> String {
        guard !report.delivering.isEmpty else { return "" }
        let rows = DeliveryColumn.all.map {
            "<div><dt>\(Markup.text($0.title))</dt><dd>\(Markup.text($0.meaning))</dd></div>\n"
        }
        return
            "<section class=\"columns\" id=\"columns\">\n<h2>Columns</h2>\n<dl>\n\(rows.joined())</dl>\n</section>"
    }
}

/// Text in a page.
enum Markup {
    /// With everything that could be markup made harmless, in text and in quoted attributes.
    static func text(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
