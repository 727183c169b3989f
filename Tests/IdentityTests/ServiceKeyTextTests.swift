import Bytes
import Cryptography
import Identity
import Testing

@Suite("The text of a service key")
struct ServiceKeyTextTests {
    private func isWhole(_ text: String) -> Bool { ServiceKeyText.isWhole(text.utf8Span.span) }

    @Test("each is new, 58 characters of letters, digits and underscores, and whole")
    func make() {
        var all: Set<String> = []
        for _ in 0..<1000 {
            let text = ServiceKeyText.make()
            #expect(text.utf8.count == 58)
            #expect(text.hasPrefix("stoa_key_"))
            #expect(text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") })
            #expect(isWhole(text))
            all.insert(text)
        }
        #expect(all.count == 1000)
    }

    @Test("no letter comes more often than others")
    func distribution() {
        var counts: [UInt8: Int] = [:]
        for _ in 0..<2000 {
            for byte in ServiceKeyText.make().utf8.dropFirst(9).prefix(43) { counts[byte, default: 0] += 1 }
        }
        // 86,000 letters of 62: 1387 each, with a standard deviation of 37.
        #expect(counts.count == 62)
        #expect(counts.values.allSatisfy { (1387 - 250...1387 + 250).contains($0) })
    }

    @Test("a change of any one character, or of the length, is found without a look into any table")
    func checksum() {
        let text = Array(ServiceKeyText.make().utf8)
        for index in text.indices {
            var changed = text
            changed[index] = text[index] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            #expect(!isWhole(String(decoding: changed, as: UTF8.self)), "\(index)")
        }
        for count in 0..<text.count { #expect(!isWhole(String(decoding: text[..<count], as: UTF8.self))) }
        #expect(!isWhole(String(decoding: text + [0x30], as: UTF8.self)))
    }

    @Test(
        "the checksum is CRC-32 in base 62, so that others can check it",
        arguments: [
            // Made with Python's zlib.crc32.
            ("stoa_key_", "0000000000000000000000000000000000000000000", "2CZclj"),
            ("stoa_key_", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq", "0RsLou"),
        ])
    func known(prefix: String, random: String, check: String) { #expect(isWhole(prefix + random + check)) }

    @Test("scopes are read as they are written, and nothing else")
    func scopes() {
        for text in [
            "rooms:read", "rooms:write", "admin", "publish:topic:a", "publish:*", "subscribe:topic:a-*",
        ] {
            #expect(KeyScope(text)?.text == text)
        }
        for text in [
            "", "rooms", "rooms:", "Rooms:read", "publish:", "publish:price:x y", "admin ", "read:topic:a",
        ] {
            #expect(KeyScope(text) == nil, "\(text)")
        }
    }
}
