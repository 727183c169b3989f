import Bytes
import Testing

@testable import WebSocket

@Suite struct MessageDecoderTests {
    @Test(
        "the examples of RFC 6455 §5.7",
        arguments: [
            ([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], .server, [.text("Hello")]),
            ([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], .client, [.text("Hello")]),
            ([0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F], .client, [.text("Hello")]),
            ([0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], .client, [.ping(Array("Hello".utf8))]),
            (
                [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], .server,
                [.pong(Array("Hello".utf8))]
            ),
            (
                [0x82, 0x7E, 0x01, 0x00] + [UInt8](repeating: 7, count: 256), .client,
                [.binary([UInt8](repeating: 7, count: 256))]
            ),
            (
                [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + [UInt8](repeating: 7, count: 65_536), .client,
                [.binary([UInt8](repeating: 7, count: 65_536))]
            ),
        ] as [([UInt8], WebSocketRole, [Received])])
    func examplesOfTheRFC(bytes: [UInt8], role: WebSocketRole, events: [Received]) {
        #expect(decode([bytes], role: role) == events)
    }

    @Test("what comes out does not depend on how the bytes were cut")
    func cutsDoNotMatter() {
        let bytes =
            frame(.text, "Hé€😀") + frame(.ping, "p") + frame(.binary, [1, 2, 3], final: false)
            + frame(.pong, "")
            + frame(.continuation, [], final: false) + frame(.ping, "within") + frame(.continuation, [4, 5])
            + frame(.text, "é", final: true) + frame(.text, "")
            + frame(.close, [0x03, 0xE8] + Array("bye".utf8))
            + frame(.text, "not read")
        let events: [Received] = [
            .text("Hé€😀"), .ping(Array("p".utf8)), .pong([]), .ping(Array("within".utf8)),
            .binary([1, 2, 3, 4, 5]),
            .text("é"), .text(""), .close(1000, "bye"),
        ]
        for pieces in cuts(bytes) { #expect(decode(pieces) == events) }
    }

    @Test("a character may be cut by fragments (RFC 6455 §5.6)")
    func characterMayBeCutByFragments() {
        let text = Array("a😀b".utf8)
        for cut in 0...text.count {
            let bytes =
                frame(.text, Array(text[..<cut]), final: false) + frame(.ping, "")
                + frame(.continuation, Array(text[cut...]))
            for pieces in cuts(bytes) { #expect(decode(pieces) == [.ping([]), .text("a😀b")]) }
        }
    }

    @Test(
        "a frame that breaks the rules is refused, however it is cut (RFC 6455 §5)",
        arguments: [
            ([0xC1, 0x80, 0, 0, 0, 0], .reservedBits), ([0xA1, 0x80, 0, 0, 0, 0], .reservedBits),
            ([0x91, 0x80, 0, 0, 0, 0], .reservedBits), ([0xC9, 0x80, 0, 0, 0, 0], .reservedBits),
            ([0x83, 0x80, 0, 0, 0, 0], .reservedOpcode), ([0x87, 0x80], .reservedOpcode),
            ([0x8B, 0x80], .reservedOpcode),
            ([0x8F, 0x80], .reservedOpcode), ([0x81, 0x05], .unmasked), ([0x89, 0x00], .unmasked),
            ([0x09, 0x80], .fragmentedControl), ([0x08, 0x80], .fragmentedControl),
            ([0x89, 0xFE], .longControl),
            ([0x88, 0xFF], .longControl), ([0x82, 0xFE, 0, 125, 0, 0, 0, 0], .invalidLength),
            ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0], .invalidLength),
            ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], .invalidLength),
            ([0x80, 0x80, 0, 0, 0, 0], .unexpectedContinuation),
            ([0x00, 0x80, 0, 0, 0, 0], .unexpectedContinuation),
            ([0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0], .expectedContinuation),
            ([0x01, 0x80, 0, 0, 0, 0, 0x02, 0x80, 0, 0, 0, 0], .expectedContinuation),
            ([0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], .messageTooBig),
            ([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], .messageTooBig),
        ] as [([UInt8], WebSocketError)])
    func rulesAreKept(bytes: [UInt8], error: WebSocketError) {
        for pieces in cuts(bytes) { #expect(decode(pieces).last == .error(error)) }
    }

    @Test("a server's frame must not be masked (RFC 6455 §5.1)")
    func serverMustNotMask() {
        #expect(decode([frame(.text, "x")], role: .client) == [.error(.masked)])
        #expect(decode([[0x81, 0x80]], role: .client) == [.error(.masked)])
    }

    @Test(
        "close payloads (RFC 6455 §5.5.1, §7.4)",
        arguments: [
            ([], .close(nil, "")), ([0x03, 0xE8], .close(1000, "")),
            ([0x0F, 0xA0, 0x6F, 0x6B], .close(4000, "ok")),
            ([0x03], .error(.invalidClose)), ([0x03, 0xE8, 0xC3], .error(.invalidUTF8)),
            ([0x03, 0xE8, 0xED, 0xA0, 0x80], .error(.invalidUTF8)),
            (
                [0x03, 0xE8] + [UInt8](repeating: 0x61, count: 123),
                .close(1000, String(repeating: "a", count: 123))
            ),
        ] as [([UInt8], Received)])
    func closePayloads(payload: [UInt8], event: Received) {
        for pieces in cuts(frame(.close, payload)) { #expect(decode(pieces) == [event]) }
    }

    @Test(
        "close codes that may stand on the wire",
        arguments: [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
        ] as [UInt16])
    func allowedCloseCodes(code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(code & 255)]
        #expect(decode([frame(.close, payload)]) == [.close(code, "")])
    }

    @Test(
        "close codes that may not",
        arguments: [
            0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
        ] as [UInt16])
    func refusedCloseCodes(code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(code & 255)]
        #expect(decode([frame(.close, payload)]) == [.error(.invalidClose)])
    }

    @Test("bad text is refused at its first hopeless byte, inside its frame (RFC 6455 §8.1)")
    func badTextIsRefusedAtOnce() {
        let bad: [UInt8] = Array("κόσμε".utf8) + [0xF4, 0x90, 0x80, 0x80] + Array("edited".utf8)
        let whole = frame(.text, bad)
        let upToHopeless = whole.count - bad.count + 12
        #expect(decode([Array(whole[..<(upToHopeless - 1)])]) == [])
        #expect(decode([Array(whole[..<upToHopeless])]) == [.error(.invalidUTF8)])
        for pieces in cuts(whole) { #expect(decode(pieces) == [.error(.invalidUTF8)]) }
        let fragmented = frame(.text, Array(bad[..<12]), final: false)
        #expect(decode([fragmented]) == [.error(.invalidUTF8)])
    }

    @Test(
        "text that ends within a character is refused",
        arguments: [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] as [[UInt8]])
    func cutTextIsRefused(tail: [UInt8]) {
        for pieces in cuts(frame(.text, [0x61] + tail)) { #expect(decode(pieces) == [.error(.invalidUTF8)]) }
        #expect(
            decode([frame(.text, tail, final: false) + frame(.continuation, "")]) == [.error(.invalidUTF8)])
        #expect(decode([frame(.binary, tail)]) == [.binary(tail)])
    }

    @Test("a message may have as many bytes as allowed, in one frame or many, and no more")
    func messageBytesAreBounded() {
        let limits = WebSocketLimits(messageBytes: 200)
        let most = [UInt8](repeating: 1, count: 200)
        for cut in [0, 1, 100, 200] {
            let bytes =
                frame(.binary, Array(most[..<cut]), final: false) + frame(.continuation, Array(most[cut...]))
            #expect(decode([bytes], limits: limits) == [.binary(most)])
            // The header alone is enough to refuse.
            let more = frame(.binary, most, final: false) + frame(.continuation, [1]).prefix(6)
            #expect(decode([more], limits: limits) == [.error(.messageTooBig)])
        }
        #expect(decode([frame(.binary, most)], limits: limits) == [.binary(most)])
        #expect(
            decode([Array(frame(.binary, most + [1]).prefix(8))], limits: limits) == [.error(.messageTooBig)])
    }

    @Test("a message may have as many frames as allowed; 0 is no bound")
    func framesAreBounded() {
        let limits = WebSocketLimits(framesPerMessage: 3)
        let first = frame(.binary, [1], final: false)
        let middle = frame(.continuation, [], final: false)
        let last = frame(.continuation, [2])
        #expect(
            decode([first + middle + last + first + middle + last], limits: limits) == [
                .binary([1, 2]), .binary([1, 2]),
            ])
        #expect(decode([first + middle + middle + last], limits: limits) == [.error(.tooManyFrames)])
        let endless = first + [[UInt8]](repeating: middle, count: 5000).flatMap { $0 } + last
        #expect(decode([endless], limits: WebSocketLimits(framesPerMessage: 0)) == [.binary([1, 2])])
    }

    @Test("after an error or a close nothing more comes out")
    func nothingComesAfterTheEnd() {
        #expect(decode([[0x81, 0x05], frame(.text, "x")]) == [.error(.unmasked)])
        #expect(decode([frame(.close, []), frame(.text, "x")]) == [.close(nil, "")])
    }

    @Test("an idle decoder is small and holds no memory")
    func idleDecoderIsSmall() {
        #expect(MemoryLayout<MessageDecoder>.size <= 120)
        var decoder = MessageDecoder(role: .server, deflate: DeflateAgreement(clientNoContextTakeover: true))
        var all: [Received] = []
        feed(frame(.binary, [1], final: false) + frame(.continuation, [2]), to: &decoder, &all)
        feed(frame(.text, deflated(Array("hello".utf8)), compressed: true), to: &decoder, &all)
        #expect(all == [.binary([1, 2]), .text("hello")])
        let capacity = decoder.assembly.capacity
        #expect(capacity == 0)
        #expect(decoder.inflater == nil)
    }
}
