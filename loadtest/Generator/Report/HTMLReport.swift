/// A report as one page.
enum HTMLReport {
    static func make(_ report: Report) -> String { "<pre>\(TableReport.make(report))</pre>" }
}
