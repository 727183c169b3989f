import Bytes
import TestRandom
import Testing
import WebSocket

@Suite struct PerMessageDeflateTests {
    private static let agreed = DeflateAgreement()

    @Test(
        "the examples of RFC 7692 §7.2.3",
        arguments: [
            // One block, also in two fragments.
            [0xC1, 0x07, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            [0x41, 0x03, 0xF2, 0x48, 0xCD, 0x80, 0x04, 0xC9, 0xC9, 0x07, 0x00],
            // Not compressed (§7.2.3.3), a block marked as the last (§7.2.3.4), two blocks (§7.2.3.5).
            [0xC1, 0x0B, 0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
            [0xC1, 0x08, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
            [0xC1, 0x0D, 0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        ] as [[UInt8]])
    func examplesOfTheRFC(bytes: [UInt8]) {
        for pieces in cuts(bytes) {
            #expect(decode(pieces, role: .client, deflate: Self.agreed) == [.text("Hello")])
        }
    }

    @Test("a second message may lean on the first (RFC 7692 §7.2.3.2)")
    func contextIsKept() {
        let first: [UInt8] = [0xC1, 0x07, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let second: [UInt8] = [0xC1, 0x05, 0xF2, 0x00, 0x11, 0x00, 0x00]
        for pieces in cuts(first + second) {
            #expect(decode(pieces, role: .client, deflate: Self.agreed) == [.text("Hello"), .text("Hello")])
        }
        let forgetful = DeflateAgreement(serverNoContextTakeover: true)
        #expect(
            decode([first + second], role: .client, deflate: forgetful) == [
                .text("Hello"), .error(.invalidDeflate),
            ])
    }

    @Test("the context outlives a block marked as the last")
    func contextOutlivesFinalBlock() {
        let first: [UInt8] = [0xC1, 0x08, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]
        let second: [UInt8] = [0xC1, 0x05, 0xF2, 0x00, 0x11, 0x00, 0x00]
        #expect(
            decode([first, second], role: .client, deflate: Self.agreed) == [.text("Hello"), .text("Hello")])
    }

    @Test("an empty message is one zero byte (RFC 7692 §7.2.3.6)")
    func emptyMessage() {
        #expect(deflated([]) == [0x00])
        #expect(decode([frame(.text, [0x00], compressed: true)], deflate: Self.agreed) == [.text("")])
    }

    @Test(
        "what is compressed inflates to the same, at any size and level (random bytes)", arguments: [1, 6, 9])
    func roundTrip(level: Int) throws {
        var random = SeededRandom(seed: UInt64(level))
        let deflater = try #require(Deflater(level: level))
        var stream: [UInt8] = []
        var expected: [Received] = []
        for _ in 0..<40 {
            let spread = UInt8.random(in: 0...255, using: &random)
            let payload = (0..<Int.random(in: 0...3000, using: &random)).map { _ in
                UInt8.random(in: 0...spread, using: &random)
            }
            let packed = deflated(payload, with: deflater)
            let cut = Int.random(in: 0...packed.count, using: &random)
            stream += frame(.binary, Array(packed[..<cut]), final: false, compressed: true)
            stream += frame(.ping, [])
            stream += frame(.continuation, Array(packed[cut...]))
            expected += [.ping([]), .binary(payload)]
        }
        #expect(decode([stream], deflate: Self.agreed) == expected)
        #expect(decode(stream.map { [$0] }, deflate: Self.agreed) == expected)
    }

    @Test("a smaller window is kept to", arguments: [9, 10, 12, 15] as [UInt8])
    func smallerWindow(bits: UInt8) throws {
        let deflater = try #require(Deflater(windowBits: bits))
        var random = SeededRandom(seed: 9)
        let payload = (0..<40_000).map { _ in UInt8.random(in: 0...3, using: &random) }
        let packed = deflated(payload, with: deflater)
        let agreement = DeflateAgreement(clientWindowBits: bits)
        #expect(decode([frame(.binary, packed, compressed: true)], deflate: agreement) == [.binary(payload)])
    }

    @Test(
        "a bomb is cut at the size of a message, and at its ratio",
        arguments: [
            (1 << 20, 0, WebSocketError.messageTooBig), (1 << 24, 100, .inflateRatio),
        ])
    func bombIsCut(limit: Int, ratio: Int, error: WebSocketError) {
        let bomb = deflated([UInt8](repeating: 0, count: 8 << 20))
        let limits = WebSocketLimits(messageBytes: limit, inflateRatio: ratio)
        #expect(
            decode([frame(.binary, bomb, compressed: true)], limits: limits, deflate: Self.agreed) == [
                .error(error)
            ])
    }

    @Test("up to the bound, to the byte")
    func boundIsExact() {
        let limits = WebSocketLimits(messageBytes: 20_000)
        for (count, fits) in [(19_999, true), (20_000, true), (20_001, false)] {
            let payload = [UInt8](repeating: 7, count: count)
            let events = decode(
                [frame(.binary, deflated(payload), compressed: true)], limits: limits, deflate: Self.agreed)
            #expect(events == [fits ? .binary(payload) : .error(.messageTooBig)])
        }
    }

    @Test(
        "what does not inflate is refused",
        arguments: [
            [0xFF], [0x07], [0x00, 0x01, 0x00, 0x00, 0x00], [0xF2, 0x48], [0xF2, 0x00, 0x11, 0x00],
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
        ] as [[UInt8]])
    func garbageIsRefused(payload: [UInt8]) {
        #expect(
            decode([frame(.text, payload, compressed: true)], deflate: Self.agreed) == [
                .error(.invalidDeflate)
            ])
    }

    @Test("inflated text must be UTF-8, and is checked as it comes")
    func inflatedTextIsChecked() {
        let bad = deflated([0x61, 0xED, 0xA0, 0x80])
        #expect(decode([frame(.text, bad, compressed: true)], deflate: Self.agreed) == [.error(.invalidUTF8)])
        let cut = deflated([0x61, 0xE2, 0x82])
        #expect(decode([frame(.text, cut, compressed: true)], deflate: Self.agreed) == [.error(.invalidUTF8)])
        #expect(
            decode([frame(.binary, bad, compressed: true)], deflate: Self.agreed) == [
                .binary([0x61, 0xED, 0xA0, 0x80])
            ])
    }

    @Test("the compression bit stands on a message's first frame alone (RFC 7692 §6)")
    func compressionBitIsChecked() {
        let packed = deflated(Array("Hello".utf8))
        #expect(decode([frame(.text, packed, compressed: true)]) == [.error(.reservedBits)])
        #expect(decode([frame(.ping, [], compressed: true)], deflate: Self.agreed) == [.error(.reservedBits)])
        let continued =
            frame(.text, [], final: false, compressed: true) + frame(.continuation, packed, compressed: true)
        #expect(decode([continued], deflate: Self.agreed) == [.error(.reservedBits)])
        #expect(decode([frame(.text, "plain")], deflate: Self.agreed) == [.text("plain")])
    }
}
