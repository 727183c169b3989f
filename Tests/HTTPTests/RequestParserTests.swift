import Bytes
import HTTP
import Testing

@Suite struct RequestParserTests {
    @Test("requests in a row, however they are cut")
    func requestsInARow() {
        let text =
            "GET /a?b=1 HTTP/1.1\r\nHost: x\r\nX-A:  padded\t \r\nEmpty:\r\n\r\n"
            + "POST /b HTTP/1.1\r\nhost: x:80\r\nContent-Length: 5\r\n\r\nhello"
            + "\r\nPUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n5;n=v\r\nhello\r\n006\r\n world\r\n0\r\nT: x\r\n\r\n"
            + "OPTIONS * HTTP/1.1\r\nHost:\r\nConnection: x, Close\r\n\r\n"
            + "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
        let events = [
            "GET /a?b=1 http11 keep none Host=x|X-A=padded|Empty=", "end ",
            "POST /b http11 keep length(5) host=x:80|Content-Length=5", "end hello",
            "PUT /c http11 keep chunked Host=x|Transfer-Encoding=Chunked", "end hello world",
            "OPTIONS * http11 close none Host=|Connection=x, Close", "end ", "GET / http10 close none ",
            "end ",
            "GET / http10 keep none Connection=keep-alive|Content-Length=0", "end ",
        ]
        for pieces in cuts(text) { #expect(requests(pieces) == events) }
    }

    @Test(
        "what could be read in two ways is refused (RFC 9112)",
        arguments: [
            ("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", .invalidStartLine),
            ("GET / HTTP/1.1 \r\nHost: x\r\n\r\n", .invalidStartLine),
            (" GET / HTTP/1.1\r\nHost: x\r\n\r\n", .invalidStartLine), ("GET /\r\n\r\n", .invalidStartLine),
            ("G@T / HTTP/1.1\r\nHost: x\r\n\r\n", .invalidStartLine),
            ("GET / http/1.1\r\n\r\n", .invalidStartLine),
            ("GET / HTTP/11\r\n\r\n", .invalidStartLine),
            ("\r\n\r\nGET / HTTP/1.1\r\n\r\n", .invalidStartLine),
            ("GET / HTTP/1.1\nHost: x\r\n\r\n", .invalidLineEnd),
            ("GET / HTTP/1.1\r\nHost: x\n\r\n", .invalidLineEnd),
            ("GET / HTTP/1.1\r\nHost: x\r\n\n", .invalidLineEnd),
            ("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", .invalidHeaderValue),
            ("GET /\r HTTP/1.1\r\nHost: x\r\n\r\n", .invalidTarget),
            ("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", .invalidHeaderValue),
            ("GET / HTTP/1.1\r\nA: b\u{7F}c\r\n\r\n", .invalidHeaderValue),
            ("GET / HTTP/1.1\r\nA: b\u{01}c\r\n\r\n", .invalidHeaderValue),
            ("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", .obsoleteFolding),
            ("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n", .obsoleteFolding),
            ("GET / HTTP/1.1\r\n Host: x\r\n\r\n", .obsoleteFolding),
            ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", .invalidHeaderName),
            ("GET / HTTP/1.1\r\nHost\r\n\r\n", .invalidHeaderName),
            ("GET / HTTP/1.1\r\n: x\r\n\r\n", .invalidHeaderName),
            ("GET / HTTP/1.1\r\nHö: x\r\n\r\n", .invalidHeaderName), ("GET / HTTP/1.1\r\n\r\n", .missingHost),
            ("GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", .invalidHost),
            ("GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", .invalidHost),
            ("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", .invalidHost),
            ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", .invalidHost),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .invalidHost),
            ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .invalidHost),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .invalidLength),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n", .invalidLength),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", .invalidLength),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", .invalidLength),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\n", .invalidLength),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", .invalidLength),
            ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", .bodyTooLarge),
            (
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                .ambiguousLength
            ),
            (
                "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                .ambiguousLength
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", .ambiguousLength),
            ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u{0B}chunked\r\n\r\n", .invalidHeaderValue),
            (
                "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                .unsupportedTransferCoding
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", .unsupportedTransferCoding),
            ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", .unsupportedTransferCoding),
            ("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousLength),
            ("GET / HTTP/1.2\r\nHost: x\r\n\r\n", .unsupportedVersion),
            ("PRI * HTTP/2.0\r\n\r\n", .unsupportedVersion),
            ("GET / HTTP/0.9\r\n\r\n", .unsupportedVersion),
            ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", .unsupportedMethod),
        ] as [(String, HTTPError)])
    func ambiguityIsRefused(text: String, error: HTTPError) {
        for pieces in cuts(text) { #expect(requests(pieces).last == "error \(error)") }
    }

    @Test(
        "chunks must be exact (RFC 9112 §7.1)",
        arguments: [
            ("\r\n", .invalidChunk), ("g\r\n", .invalidChunk), ("-1\r\n", .invalidChunk),
            ("0x5\r\n", .invalidChunk),
            ("5 \r\nhello\r\n", .invalidChunk), (" 5\r\nhello\r\n", .invalidChunk),
            ("5\nhello\r\n", .invalidLineEnd),
            ("5\r\nhelloX\r\n", .invalidChunk), ("5\r\nhello\n0\r\n\r\n", .invalidLineEnd),
            ("5;a\rb\r\nhello\r\n", .invalidChunk),
            ("00000000000000001\r\n", .invalidChunk), ("FFFFFFFFFFFFFFFF\r\n", .bodyTooLarge),
            ("7FFFFFFFFFFFFFFF\r\n", .bodyTooLarge), ("100001\r\n", .bodyTooLarge),
            ("0\r\nbad trailer\r\n\r\n", .invalidHeaderName), ("0\r\n folded: x\r\n\r\n", .obsoleteFolding),
            ("5;" + String(repeating: "x", count: 300), .invalidChunk),
        ] as [(String, HTTPError)])
    func chunksMustBeExact(chunks: String, error: HTTPError) {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(requests(head + chunks).last == "error \(error)")
        #expect(requests((head + chunks).utf8.map { [$0] }).last == "error \(error)")
    }

    @Test("limits hold, to the byte")
    func limitsHold() {
        let limits = HTTPLimits(lineBytes: 30, headerCount: 3, headerBytes: 60, bodyBytes: 10)
        let rest = "Host: x\r\n\r\n"
        let longest = "GET /" + String(repeating: "a", count: 16) + " HTTP/1.1\r\n"
        #expect(requests(longest + rest, limits: limits).last == "end ")
        for pieces in cuts("GET /" + String(repeating: "a", count: 17) + " HTTP/1.1\r\n") {
            #expect(requests(pieces, limits: limits) == ["error startLineTooLong"])
        }
        let field = "A: " + String(repeating: "b", count: 27) + "\r\n"
        #expect(requests("GET / HTTP/1.1\r\n" + field + rest, limits: limits).last == "end ")
        #expect(
            requests("GET / HTTP/1.1\r\nb" + field + rest, limits: limits).last == "error headersTooLarge")
        #expect(
            requests("GET / HTTP/1.1\r\n" + field + field + rest, limits: limits).last
                == "error headersTooLarge")
        let three = "GET / HTTP/1.1\r\na:\r\nb:\r\n"
        #expect(requests(three + rest, limits: limits).last == "end ")
        #expect(requests(three + "c:\r\n" + rest, limits: limits).last == "error headersTooLarge")
        let post = "POST / HTTP/1.1\r\nHost: x\r\n"
        #expect(
            requests(post + "Content-Length: 10\r\n\r\n0123456789", limits: limits).last == "end 0123456789")
        #expect(requests(post + "Content-Length: 11\r\n\r\n", limits: limits).last == "error bodyTooLarge")
        let chunked = "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n"
        #expect(requests(post + chunked + "4\r\n6789\r\n0\r\n\r\n", limits: limits).last == "end 0123456789")
        #expect(requests(post + chunked + "5\r\n", limits: limits).last == "error bodyTooLarge")
    }

    @Test("chunk extensions and trailers count as headers do")
    func overheadIsBounded() {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "1;" + String(repeating: "x", count: 200) + "\r\na\r\n"
        #expect(requests(head + String(repeating: chunk, count: 100)).last == "error headersTooLarge")
        #expect(
            requests(head + "0\r\n" + String(repeating: "a: b\r\n", count: 101)).last
                == "error headersTooLarge")
    }

    @Test("each error has its status")
    func errorsHaveStatus() {
        #expect(HTTPError.missingHost.status == .badRequest)
        #expect(HTTPError.bodyTooLarge.status == .contentTooLarge)
        #expect(HTTPError.startLineTooLong.status == .uriTooLong)
        #expect(HTTPError.headersTooLarge.status == .requestHeaderFieldsTooLarge)
        #expect(HTTPError.unsupportedTransferCoding.status == .notImplemented)
        #expect(HTTPError.unsupportedVersion.status == .versionNotSupported)
    }

    @Test("a client that waits for 100 Continue is noticed (RFC 9110 §10.1.1)")
    func continueIsNoticed() throws {
        for (line, length, expects) in [
            ("Expect: 100-Continue", 3, true), ("X: y", 3, false), ("Expect: 100-continue", 0, false),
        ] {
            let text = "POST / HTTP/1.1\r\nHost: x\r\n\(line)\r\nContent-Length: \(length)\r\n\r\n"
            var parser = RequestParser()
            var position = 0
            guard case .head(let head) = try parser.next(in: text.utf8Span.span, at: &position) else {
                Issue.record("no head")
                continue
            }
            #expect(head.expectsContinue == expects)
        }
    }

    @Test("bytes behind a request are left alone, for whoever reads them next")
    func restIsLeftAlone() throws {
        let text = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n\u{01}frames"
        var parser = RequestParser()
        var position = 0
        _ = try parser.next(in: text.utf8Span.span, at: &position)
        let end = try parser.next(in: text.utf8Span.span, at: &position)
        #expect(end == .end)
        #expect(position == text.utf8.count - 7)
        let isIdle = parser.isIdle
        #expect(isIdle)
    }
}
