import Foundation

/// Metrics as text, read strictly: what the format does not allow is a failure.
public struct MetricsText: Sendable {
    /// Types by family.
    public private(set) var types: [String: String] = [:]
    /// Help by family.
    public private(set) var helps: [String: String] = [:]
    /// Numbers by series, as `name{a="1",b="2"}` with the labels in their order.
    public private(set) var values: [String: Double] = [:]

    /// Reads a text.
    ///
    /// - Parameter isOpen: Whether it is OpenMetrics, which ends with a line of its own.
    /// - Throws: ``TestFailure`` with the line that is wrong.
    public init(_ text: String, isOpen: Bool = false) throws {
        guard text.hasSuffix("\n") else { throw TestFailure("the last line does not end") }
        var lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        if isOpen, lines.popLast() != "# EOF" { throw TestFailure("no # EOF") }
        var family = ""
        for line in lines {
            if let help = line.wholeMatch(of: /# HELP ([a-z_]+) (.+)/) {
                family = String(help.output.1)
                guard helps.updateValue(String(help.output.2), forKey: family) == nil else {
                    throw TestFailure("twice: \(line)")
                }
            } else if let type = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram)/) {
                guard type.output.1 == family else { throw TestFailure("TYPE without HELP: \(line)") }
                types[family] = String(type.output.2)
            } else {
                try read(line, family, isOpen: isOpen)
            }
        }
        try checkHistograms()
    }

    private mutating func read(_ line: Substring, _ family: String, isOpen: Bool) throws {
        let form = /([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? ([-+0-9.eE]+)/
        guard let sample = line.wholeMatch(of: form), let value = Double(sample.output.3) else {
            throw TestFailure("no sample: \(line)")
        }
        let endings: [String]
        switch types[family] {
        case "histogram": endings = ["_bucket", "_sum", "_count"]
        case "counter" where isOpen: endings = ["_total"]
        case nil: throw TestFailure("no type: \(line)")
        default: endings = [""]
        }
        guard endings.contains(where: { sample.output.1 == family + $0 }) else {
            throw TestFailure("another family's: \(line)")
        }
        if types[family] == "counter", !isOpen, !family.hasSuffix("_total") {
            throw TestFailure("a counter without _total: \(line)")
        }
        if types[family] != "gauge", value < 0 { throw TestFailure("negative: \(line)") }
        let series = String(sample.output.1) + (sample.output.2.map(String.init) ?? "")
        guard values.updateValue(value, forKey: series) == nil else { throw TestFailure("twice: \(line)") }
    }

    /// Buckets only grow, and the last one is the count.
    private func checkHistograms() throws {
        for (family, type) in types where type == "histogram" {
            var last: [String: Double] = [:]
            let buckets = values.keys.filter { $0.hasPrefix(family + "_bucket{") }.map { series in
                let parts = series.dropLast(2).components(separatedBy: "le=\"")
                let bound = parts[1] == "+Inf" ? Double.infinity : Double(parts[1]) ?? .nan
                return (labels: parts[0].dropFirst(family.count + 7), bound: bound, series: series)
            }
            for bucket in buckets.sorted(by: { $0.bound < $1.bound }) {
                let value = values[bucket.series] ?? -1
                guard value >= last[String(bucket.labels), default: 0] else {
                    throw TestFailure("not cumulative: \(bucket.series)")
                }
                last[String(bucket.labels)] = value
            }
            for (labels, total) in last {
                let inside = labels.hasSuffix(",") ? String(labels.dropLast()) : labels
                let count = family + "_count" + (inside.isEmpty || inside == "{" ? "" : inside + "}")
                guard values[count] == total else { throw TestFailure("\(count) is not \(total)") }
            }
        }
    }

    /// A series' number; 0 where it is not there.
    public func callAsFunction(_ series: String) -> Double { values[series] ?? 0 }

    /// All series of a family added up.
    public func sum(_ name: String) -> Double {
        values.filter { $0.key == name || $0.key.hasPrefix(name + "{") }.reduce(0) { $0 + $1.value }
    }
}

extension ServerProcess {
    /// Where its listener for metrics is; it needs the setting `metrics.listen`.
    public var metricsPort: UInt16 {
        // Where it was started again, the port may be another one.
        let line = output.last { $0.hasPrefix("metrics on ") } ?? ""
        return URL(string: line.dropFirst("metrics on ".count).description)?.port.map(UInt16.init) ?? 0
    }

    /// One request to that listener.
    public func watch(_ path: String, headers: String = "") async throws -> HTTPAnswer {
        let connection = try RawConnection(port: metricsPort)
        connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(headers)\r\n")
        return try HTTPAnswer(raw: try await connection.receiveAll())
    }

    /// What the server tells of itself now.
    public func metrics() async throws -> MetricsText {
        let answer = try await watch("/metrics")
        guard answer.status == 200 else { throw TestFailure("no metrics: \(answer.status)") }
        return try MetricsText(answer.text)
    }
}
