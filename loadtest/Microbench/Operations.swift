import Bytes
import ClientProtocol
import Identity
import Reactor
import WebSocket

/// Operations on the path of a message, each a few thousand times.
enum Operations {
    private static let count = 20_000

    static func all() async throws -> [(name: String, cost: Cost)] {
        let small = try await fanOut(subscribers: 10)
        let large = try await fanOut(subscribers: 1000)
        let perSubscriber = Cost(
            nanoseconds: (large.nanoseconds - small.nanoseconds) / 990,
            allocations: max(0, large.allocations - small.allocations) / 990)
        let board = BoardBench()
        return [
            ("decode chat_message", decode(chat)), ("decode publish", decode(publish)),
            ("read a masked frame", readFrame()), ("write a frame", writeFrame()),
            ("verify a token, HS256", try verify()), ("verify a token, ES256", try TokenBench.ours()),
            ("verify its signature, OpenSSL alone", try TokenBench.bare()),
            ("start and cancel a timer", try await timers()),
            ("read a decimal", PriceBench.readDecimal()), ("write a decimal", try PriceBench.writeDecimal()),
            ("a tick among 1,000,000 alerts", PriceBench.quietTicks()),
            ("rank and neighbours among 1,000,000", board.neighbours()),
            ("an update among 1,000,000", board.update()), ("the first ten of 1,000,000", board.top()),
            ("publish to 10 subscribers", small), ("publish to 1,000 subscribers", large),
            ("each further subscriber", perSubscriber),
        ]
    }

    private static let chat = Array(
        #"{"type":"chat_message","id":"7","room":"0198f2a3-1111-7000-8000-000000000001","client_id":"c-1","content":"hello"}"#
            .utf8)
    private static let publish = Array(
        #"{"type":"publish","id":"7","channel":"topic:lobby","data":{"price":101.25,"at":1763712001050}}"#
            .utf8)

    private static func decode(_ message: [UInt8]) -> Cost {
        Meter.measure(operations: count) {
            for _ in 0..<count { _ = try? CommandDecoder.decode(message.span) }
        }
    }

    private static func readFrame() -> Cost {
        var frame = ByteBuffer()
        FrameEncoder.appendMasked(.text, payload: chat.span, key: 0x1234_5678, to: &frame)
        let bytes = frame.array()
        var decoder = MessageDecoder(role: .server, deflate: nil)
        var input = bytes
        return Meter.measure(operations: count) {
            for _ in 0..<count {
                // Read in place: what is unmasked once is masked again by the next reading.
                var span = input.mutableSpan
                var position = 0
                _ = try? decoder.next(in: &span, at: &position)
                for index in bytes.indices { span[index] = bytes[index] }
            }
        }
    }

    private static func writeFrame() -> Cost {
        var buffer = ByteBuffer(capacity: 1024)
        return Meter.measure(operations: count) {
            for _ in 0..<count {
                FrameEncoder.append(.text, payload: chat.span, to: &buffer)
                buffer.removeAll()
            }
        }
    }

    private static func verify() throws -> Cost {
        let secret = [UInt8](repeating: 7, count: 32)
        let now = Timestamp.now()
        let grant = TokenSigner.Grant(
            user: "u_1", name: "Ann", expiresAt: Timestamp(milliseconds: now.milliseconds + 3_600_000))
        let token = Array(TokenSigner(secret: secret).sign(grant).utf8)
        let verifier = TokenVerifier(secrets: [secret])
        return Meter.measure(operations: 5000) {
            for _ in 0..<5000 { _ = try? verifier.verify(token.span, now: now) }
        }
    }

    private final class Target: TimerTarget {
        func timerFired(kind: UInt8) {}
    }

    private static func timers() async throws -> Cost {
        let group = try EventLoopGroup(count: 1)
        let (stream, measured) = AsyncStream<Cost>.makeStream()
        try await group.start { loop in
            let target = Target()
            measured.yield(
                Meter.measure(operations: count) {
                    for _ in 0..<count {
                        var timer = loop.startTimer(after: 25_000, kind: 0, target: target)
                        loop.cancelTimer(&timer)
                    }
                })
        }
        group.stop()
        for await cost in stream { return cost }
        return Cost(nanoseconds: 0, allocations: 0)
    }

    /// Per publication, in bursts of 16.
    private static func fanOut(subscribers: Int) async throws -> Cost {
        let bench = try await FanOutBench(subscribers: subscribers)
        let bursts = 50
        return Meter.measure(operations: bursts * 16) {
            for _ in 0..<bursts { bench.publish(16) }
        }
    }
}
