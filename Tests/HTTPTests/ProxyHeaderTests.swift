import HTTP
import Testing

@Suite("PROXY header")
struct ProxyHeaderTests {
    static let binary: [UInt8] =
        [
            13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12, 203, 0, 113, 9, 127, 0, 0, 1,
            0x30, 0x39, 0, 80,
        ]

    @Test("both versions name the client; what follows is left alone, wherever the bytes are cut")
    func headers() throws {
        let text = Array("PROXY TCP4 203.0.113.9 127.0.0.1 12345 80\r\n".utf8)
        let expected: [([UInt8], ProxyHeader.Source)] = [
            (text, .text("203.0.113.9", port: 12345)),
            (ProxyHeaderTests.binary, .bytes([203, 0, 113, 9], port: 12345)),
        ]
        for (header, source) in expected {
            for cut in 0..<header.count {
                let part = Array(header[..<cut])
                let parsed = try ProxyHeader.parse(part.span)
                #expect(parsed == nil)
            }
            let bytes = header + Array("GET /".utf8)
            let parsed = try ProxyHeader.parse(bytes.span)
            let whole = try #require(parsed)
            #expect(whole.source == source)
            #expect(whole.length == header.count)
        }
    }

    @Test("a proxy that speaks for itself names nobody")
    func local() throws {
        var header = ProxyHeaderTests.binary
        header[12] = 0x20
        for bytes in [header, Array("PROXY UNKNOWN\r\n".utf8)] {
            let parsed = try ProxyHeader.parse(bytes.span)
            let whole = try #require(parsed)
            #expect(whole.source == nil)
        }
    }

    @Test(
        "anything else is refused",
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 70000 2\r\n", "PROXY TCP4 " + String(repeating: "1", count: 200),
            "\r\nx",
        ])
    func malformed(_ text: String) {
        #expect(throws: ProxyHeader.Malformed.header) {
            let bytes = Array(text.utf8)
            _ = try ProxyHeader.parse(bytes.span)
        }
    }
}
