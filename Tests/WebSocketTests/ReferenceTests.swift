import Bytes
import TestRandom
import Testing
import WebSocket

@Suite struct ReferenceTests {
    @Test(
        "on any stream, cut anywhere, the decoder and the plain rules agree (random streams)",
        arguments: 1...8)
    func decoderAndRulesAgree(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limits = WebSocketLimits(messageBytes: 300, framesPerMessage: 0)
        for _ in 0..<250 {
            let stream = stream(&random)
            let expected = ReferenceDecoder.decode(stream, messageBytes: 300)
            #expect(decode([stream], limits: limits) == expected)
            #expect(decode(randomPieces(stream, &random), limits: limits) == expected)
        }
    }

    /// Mostly valid frames in a valid order, some of them broken.
    private func stream(_ random: inout SeededRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        var isOpen = false
        for _ in 0..<random.next() % 12 {
            let isFinal = random.next() % 3 > 0
            switch random.next() % 10 {
            case 0: bytes += frame(.ping, payload(&random, text: false, most: 125))
            case 1: bytes += frame(.pong, "pong")
            case 2 where random.next() % 4 == 0:
                bytes += frame(.close, [0x03, 0xE8] + payload(&random, text: true, most: 20))
            default:
                let opcode: Opcode = isOpen ? .continuation : random.next() % 2 == 0 ? .text : .binary
                bytes += frame(opcode, payload(&random, text: true, most: 150), final: isFinal)
                isOpen = !isFinal
            }
        }
        for _ in 0..<random.next() % 2 where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
        return bytes
    }

    private func payload(_ random: inout SeededRandom, text isText: Bool, most: Int) -> [UInt8] {
        let pieces = isText ? ["a", "é", "€", "😀", "plain words "] : ["\0", "x"]
        var bytes: [UInt8] = []
        while random.next() % 8 != 0 { bytes += Array((pieces.randomElement(using: &random) ?? "").utf8) }
        return Array(bytes.prefix(most))
    }

    private func randomPieces(_ bytes: [UInt8], _ random: inout SeededRandom) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        return pieces
    }
}
