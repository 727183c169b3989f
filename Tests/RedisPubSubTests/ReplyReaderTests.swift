import TestRandom
import Testing

@testable import RedisPubSub

@Suite("replies of Redis")
struct ReplyReaderTests {
    static let stream =
        "+OK\r\n:42\r\n$-1\r\n$5\r\nhe\r\no\r\n*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$0\r\n\r\n-ERR no\r\n*0\r\n"
    static let replies: [RedisReply] = [
        .bytes(Array("OK".utf8)), .integer(42), .null, .bytes(Array("he\r\no".utf8)),
        .list([.bytes(Array("message".utf8)), .bytes(Array("c".utf8)), .bytes([])]), .error("ERR no"),
        .list([]),
    ]

    private func read(_ pieces: [[UInt8]]) throws -> [RedisReply] {
        guard let reader = ReplyReader() else { throw RedisError.away }
        var replies: [RedisReply] = []
        for piece in pieces {
            try reader.feed(piece.span)
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    @Test("replies are the same wherever the stream is cut")
    func cutAnywhere() throws {
        let bytes = Array(ReplyReaderTests.stream.utf8)
        for cut in 0...bytes.count {
            #expect(try read([Array(bytes[..<cut]), Array(bytes[cut...])]) == ReplyReaderTests.replies)
        }
        #expect(try read(bytes.map { [$0] }) == ReplyReaderTests.replies)
    }

    @Test(
        "what is not its protocol ends the stream",
        arguments: ["HTTP/1.1 200 OK\r\n", "$-7\r\n", ":4x\r\n", "*-9\r\n"])
    func otherProtocols(_ text: String) throws {
        guard let reader = ReplyReader() else { throw RedisError.away }
        try reader.feed(Array(text.utf8).span)
        #expect(throws: RedisError.self) { _ = try reader.next() }
    }

    @Test("random bytes never do more than end the stream")
    func randomBytes() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            guard let reader = ReplyReader() else { throw RedisError.away }
            let count = Int.random(in: 0..<60, using: &random)
            let bytes = (0..<count).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : Array("*$:+-\r\n0123".utf8).randomElement(using: &random) ?? 0
            }
            do {
                try reader.feed(bytes.span)
                while try reader.next() != nil {}
            } catch {}
        }
    }
}
