import Testing

@testable import PubSub

@Suite("History ring")
struct HistoryRingTests {
    static func frame(_ number: Int) -> SharedFrame { SharedFrame("{\"n\":\(number)}".utf8Span.span) }

    @Test("what came after an offset is there exactly, or the ring says that it is not")
    func after() throws {
        var ring = HistoryRing(countLimit: 10, byteLimit: 1 << 20, head: 5)
        #expect(ring.after(5)?.count == 0)
        #expect(ring.after(4) == nil)
        for number in 6...40 { ring.append(HistoryRingTests.frame(number)) }
        #expect(ring.head == 40)
        for offset in 30...40 { #expect(ring.after(Int64(offset))?.count == 40 - offset) }
        #expect(ring.after(29) == nil)
        #expect(ring.after(41) == nil)
    }

    @Test("bytes are bounded as well; the newest publication is always kept")
    func bytes() {
        var ring = HistoryRing(countLimit: 1000, byteLimit: 500)
        for number in 0..<100 { ring.append(HistoryRingTests.frame(number)) }
        #expect(ring.count < 10)
        #expect(ring.count >= 1)
        #expect(ring.head == 100)
    }

    @Test("a ring of none counts on")
    func none() {
        var ring = HistoryRing(countLimit: 0, byteLimit: 0)
        ring.append(HistoryRingTests.frame(1))
        #expect(ring.head == 1)
        #expect(ring.after(0) == nil)
        #expect(ring.after(1)?.isEmpty == true)
    }
}

@Suite("Channel patterns")
struct ChannelPatternTests {
    @Test(
        "a pattern covers names that begin so, and patterns that do",
        arguments: [
            ("topic:*", "topic:lobby", true), ("topic:lobby", "topic:lobby", true),
            ("topic:lobby", "topic:lobby2", false),
            ("topic:lobby*", "topic:lobby2", true), ("topic:lobby*", "topic:*", false),
            ("topic:*", "topic:lobby*", true),
            ("topic:a*b", "topic:axb", false), ("*", "topic:x", true),
        ])
    func covers(_ pattern: String, _ name: String, _ expected: Bool) {
        #expect(ChannelPattern(pattern).covers(ChannelPattern(name)) == expected)
    }
}
