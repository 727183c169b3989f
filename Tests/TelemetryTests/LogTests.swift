import JSON
import Testing

@testable import Telemetry

@Suite("The log's lines")
struct LogTests {
    @Test("the same line is written five times in ten seconds, then counted, then told")
    func repetitions() {
        var repeats = LogRepeats()
        let key = LogRepeats.Key(level: .error, message: "the disk fails")
        let written = (0..<1000).filter { repeats.admits(key, at: Int64($0)) }
        #expect(written == [0, 1, 2, 3, 4])
        let another = repeats.admits(LogRepeats.Key(level: .error, message: "another"), at: 5)
        #expect(another)
        let early = repeats.summaries(at: 9_000)
        #expect(early.isEmpty)
        let due = repeats.summaries(at: 10_500)
        #expect(due == [LogRepeats.Summary(key: key, leftOut: 995)])
        let again = repeats.admits(key, at: 10_600)
        #expect(again)
        let last = repeats.summaries(at: 11_000, all: true)
        #expect(last.isEmpty)
    }

    @Test("a line is one JSON object, whatever its message holds")
    func lines() throws {
        let line = Log.line(.warning, "a \"b\"\n\u{1}", at: 7, requestID: "r_1", session: "s_1", leftOut: 3)
        #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
        let text = Array(line.dropLast())
        let object = try JSONValue(parsing: text.span)
        #expect(object["at"]?.integer == 7 && object["level"]?.string == "warning")
        #expect(object["message"]?.string == "a \"b\"\n\u{1}")
        #expect(object["request_id"]?.string == "r_1" && object["session"]?.string == "s_1")
        #expect(object["left_out"]?.integer == 3)
    }

    @Test("levels are known by name and ordered")
    func levels() {
        #expect(LogLevel(name: "notice") == .notice)
        #expect(LogLevel(name: "verbose") == nil)
        #expect(LogLevel.allCases.map(\.name) == ["debug", "info", "notice", "warning", "error"])
        #expect(LogLevel.allCases.sorted() == LogLevel.allCases)
    }
}
