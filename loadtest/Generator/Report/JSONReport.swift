import Foundation

/// A report as JSON, for other programs.
enum JSONReport {
    static func make(_ report: Report) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(report)
    }
}
