import Foundation
import Testing

@Suite("The threat model")
struct ThreatModelTests {
    @Test("every line names tests that are there")
    func names() throws {
        let page = try ProtocolFolder.text("Sources/stoa/stoa.docc/ThreatModel.md")
        var count = 0
        for line in page.split(separator: "\n") where line.contains(/^\| [STRIDE] \|/) {
            let cells = line.split(separator: "|")
            let tests = try #require(cells.last).matches(of: /`([A-Za-z]+)\/([A-Za-z]+)\.([A-Za-z]+)`/)
            #expect(!tests.isEmpty, "\(line)")
            for test in tests {
                let (target, suite, name) = (test.output.1, test.output.2, test.output.3)
                #expect(try ThreatModelTests.isTest(name, suite, target), "\(test.output.0)")
                count += 1
            }
        }
        #expect(count > 50)
    }

    /// Whether a suite's file has a test of a name.
    private static func isTest(_ name: Substring, _ suite: Substring, _ target: Substring) throws -> Bool {
        let folder = ProtocolFolder.root.appending(path: "Tests/\(target)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.lastPathComponent == "\(suite).swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            guard let place = text.range(of: "func \(name)(") else { continue }
            // The macro stands before the function, behind whatever is before that.
            let before = text[..<place.lowerBound]
            let last = before.range(of: "@Test", options: .backwards)
            let other = before.range(of: "func ", options: .backwards)
            guard let last else { continue }
            return other.map { $0.lowerBound < last.lowerBound } ?? true
        }
        return false
    }
}
