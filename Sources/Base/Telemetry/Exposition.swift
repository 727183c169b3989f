/// A metric: what Prometheus calls a family.
public struct Metric: Sendable {
    /// How its numbers behave.
    public enum Kind: String, Sendable {
        /// Only grows, from the process' start on.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts by size.
        case histogram
    }

    /// Its name with its unit; a counter's ends in `_total`.
    public let name: String
    /// How its numbers behave.
    public let kind: Kind
    /// What it counts, in one sentence.
    public let help: String

    /// A metric.
    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

/// Writes metrics as text, in Prometheus' format 0.0.4 or as OpenMetrics 1.0.
public struct Exposition {
    /// The formats that a scraper may ask for.
    public enum Format: Sendable {
        case prometheus
        case openMetrics

        /// Chooses by a request's `Accept`: OpenMetrics only where it is named.
        public init(accept: String?) {
            self = accept?.contains("application/openmetrics-text") == true ? .openMetrics : .prometheus
        }

        /// The answer's `Content-Type`.
        public var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    /// Names and values of labels.
    public typealias Labels = KeyValuePairs<String, String>

    private let format: Format
    private var name = ""
    private var text = ""

    /// An empty text.
    public init(_ format: Format) { self.format = format }

    /// Begins a metric; its samples follow.
    public mutating func begin(_ metric: Metric) {
        name = metric.name
        // OpenMetrics names a counter's family without the ending that its sample has.
        let isShortened = format == .openMetrics && metric.kind == .counter && name.hasSuffix("_total")
        let family = isShortened ? String(name.dropLast(6)) : name
        text += "# HELP \(family) \(escaped(metric.help, quotes: format == .openMetrics))\n"
        text += "# TYPE \(family) \(metric.kind.rawValue)\n"
    }

    /// A metric with one whole number.
    public mutating func add(_ metric: Metric, _ value: Int) {
        begin(metric)
        sample(value)
    }

    /// A metric with one number.
    public mutating func add(_ metric: Metric, _ value: Double) {
        begin(metric)
        line("", labels: [:], "\(value)")
    }

    /// A metric with one histogram.
    public mutating func add(_ metric: Metric, _ histogram: Histogram, unit: Double) {
        begin(metric)
        sample(histogram, unit: unit)
    }

    /// A number of the metric at hand.
    public mutating func sample(_ value: Int, _ labels: Labels = [:]) { line("", labels: labels, "\(value)") }

    /// A number of the metric at hand that need not be whole.
    public mutating func sample(_ value: Double, _ labels: Labels = [:]) {
        line("", labels: labels, "\(value)")
    }

    /// A histogram of the metric at hand.
    ///
    /// - Parameter unit: What one of its whole units is, as 1e-9 for nanoseconds told in seconds.
    public mutating func sample(_ histogram: Histogram, unit: Double, _ labels: Labels = [:]) {
        var sum = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            sum += count
            line("_bucket", labels: labels, "\(sum)", bound: "\(Exposition.scaled(bound, unit))")
        }
        let total = histogram.total
        line("_bucket", labels: labels, "\(total)", bound: "+Inf")
        line("_sum", labels: labels, "\(Exposition.scaled(histogram.sum, unit))")
        line("_count", labels: labels, "\(total)")
    }

    /// Divides where the unit is a part of one, so that 1 ms is 0.001 and not 0.001000…01.
    private static func scaled(_ value: Int64, _ unit: Double) -> Double {
        unit < 1 ? Double(value) / (1 / unit).rounded() : Double(value) * unit
    }

    private mutating func line(_ ending: String, labels: Labels, _ value: String, bound: String? = nil) {
        text += name
        text += ending
        if !labels.isEmpty || bound != nil {
            var separator = "{"
            for (label, content) in labels {
                text += "\(separator)\(label)=\"\(escaped(content, quotes: true))\""
                separator = ","
            }
            if let bound { text += "\(separator)le=\"\(bound)\"" }
            text += "}"
        }
        text += " \(value)\n"
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }

    /// The finished text.
    public func finish() -> String { format == .openMetrics ? text + "# EOF\n" : text }
}
