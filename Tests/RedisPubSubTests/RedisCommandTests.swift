import Bytes
import Testing

@testable import RedisPubSub

@Suite("commands to Redis")
struct RedisCommandTests {
    @Test("what a reader of the protocol makes of a command is what was said")
    func roundTrip() throws {
        let numbers: [Int64] = [.min, -1_000, -999, -10, -9, -1, 0, 1, 9, 10, 99, 100, 1 << 53, .max]
        var bytes = ByteBuffer()
        let texts: [RedisArgument] = [.text("EVAL"), .bytes([13, 10, 0, 255]), .text(""), .run, .text("ä")]
        RedisCommand.append(texts + numbers.map { .integer($0) }, run: "run-1", to: &bytes)
        RedisCommand.appendPublish([36, 49, 13, 10].span, to: "room:é:messages", &bytes)
        guard let reader = ReplyReader() else { throw RedisError.away }
        try bytes.withSpan { span throws(RedisError) in try reader.feed(span) }
        let said: [[UInt8]] =
            [Array("EVAL".utf8), [13, 10, 0, 255], [], Array("run-1".utf8), Array("ä".utf8)]
            + numbers.map { Array(String($0).utf8) }
        let first = try reader.next()
        #expect(first == .list(said.map { .bytes($0) }))
        let published = ["PUBLISH", "room:é:messages"].map { Array($0.utf8) } + [[36, 49, 13, 10]]
        let second = try reader.next()
        #expect(second == .list(published.map { .bytes($0) }))
        let third = try reader.next()
        #expect(third == nil)
    }
}
