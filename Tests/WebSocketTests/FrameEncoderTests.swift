import Bytes
import TestRandom
import Testing
import WebSocket

@Suite struct FrameEncoderTests {
    @Test(
        "lengths take as few bytes as they can (RFC 6455 §5.2)",
        arguments: [
            (0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10),
        ])
    func lengthsAreMinimal(length: Int, headerLength: Int) {
        let payload = [UInt8](repeating: 0x61, count: length)
        var buffer = ByteBuffer()
        FrameEncoder.append(.binary, payload: payload.span, to: &buffer)
        #expect(buffer.count == headerLength + length)
        #expect(FrameEncoder.headerLength(payload: length) == headerLength)
        let limits = WebSocketLimits(messageBytes: 100_000)
        #expect(decode([buffer.array()], role: .client, limits: limits) == [.binary(payload)])
        #expect(decode([frame(.binary, payload)], limits: limits) == [.binary(payload)])
    }

    @Test(
        "a close reason is cut to 123 bytes between characters",
        arguments: [
            ("", 0), ("bye", 3), (String(repeating: "a", count: 123), 123),
            (String(repeating: "a", count: 200), 123),
            (String(repeating: "€", count: 50), 123), ("a" + String(repeating: "€", count: 50), 121),
            (String(repeating: "😀", count: 50), 120),
        ])
    func closeReasonIsCut(reason: String, length: Int) {
        var buffer = ByteBuffer()
        FrameEncoder.appendClose(.goingAway, reason: reason, to: &buffer)
        #expect(buffer.count == 4 + length)
        let expected = String(decoding: Array(reason.utf8.prefix(length)), as: UTF8.self)
        #expect(decode([buffer.array()], role: .client) == [.close(1001, expected)])
        var masked = ByteBuffer()
        FrameEncoder.appendMaskedClose(.goingAway, reason: reason, key: 7, to: &masked)
        #expect(decode([masked.array()]) == [.close(1001, expected)])
    }

    @Test("masking is byte i XOR key[i mod 4], from any phase (RFC 6455 §5.3)")
    func maskingIsByteWise() {
        var random = SeededRandom(seed: 3)
        for length in 0..<140 {
            let original = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let key = UInt32(truncatingIfNeeded: random.next())
            let start = Int.random(in: 0...length, using: &random)
            let phase = Int.random(in: 0...9, using: &random)
            var masked = original
            var bytes = masked.mutableSpan
            Masking.apply(&bytes, start..<length, key: key, phase: phase)
            let expected = original.enumerated().map { index, byte in
                index < start
                    ? byte : byte ^ UInt8(truncatingIfNeeded: key >> UInt32((index - start + phase) % 4 * 8))
            }
            #expect(masked == expected)
        }
    }
}
