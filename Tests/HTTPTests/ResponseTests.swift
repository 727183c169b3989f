import Bytes
import HTTP
import Testing

@Suite struct ResponseTests {
    private func encoded(
        _ response: HTTPResponse, to method: HTTPMethod = .get, version: HTTPVersion = .http11,
        isKeepAlive: Bool = true,
        date: String? = nil
    ) -> String {
        var buffer = ByteBuffer()
        ResponseEncoder.append(
            response, to: method, version: version, isKeepAlive: isKeepAlive, date: date, into: &buffer)
        return String(decoding: buffer.array(), as: UTF8.self)
    }

    @Test("a response is written with its length")
    func responseIsWritten() {
        let response = HTTPResponse(.ok, headers: ["x-a": "b"], text: "hi")
        #expect(
            encoded(response, date: "D")
                == "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-type: text/plain; charset=utf-8\r\ndate: D\r\ncontent-length: 2\r\n\r\nhi"
        )
        #expect(
            encoded(response, to: .head, isKeepAlive: false).hasSuffix(
                "content-length: 2\r\nconnection: close\r\n\r\n"))
        #expect(encoded(HTTPResponse(.noContent)) == "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(encoded(HTTPResponse(.ok), version: .http10).hasSuffix("connection: keep-alive\r\n\r\n"))
        #expect(
            encoded(HTTPResponse(.switchingProtocols, headers: ["connection": "Upgrade"]))
                == "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n\r\n")
    }

    @Test("no value can begin another header")
    func injectionIsImpossible() {
        let headers: HTTPHeaders = ["location": "/a\r\nset-cookie: x=1\0\n"]
        #expect(headers["location"] == "/a  set-cookie: x=1  ")
        #expect(!encoded(HTTPResponse(.found, headers: headers)).contains("\r\nset-cookie"))
    }

    @Test("what is written is read back, however it is cut")
    func writtenIsReadBack() {
        var buffer = ByteBuffer()
        ResponseEncoder.appendContinue(into: &buffer)
        ResponseEncoder.append(HTTPResponse(.ok, text: "one"), to: .get, isKeepAlive: true, into: &buffer)
        ResponseEncoder.appendHead(.ok, [:], body: .chunked, into: &buffer)
        ResponseEncoder.appendChunk("hello ".utf8Span.span, into: &buffer)
        ResponseEncoder.appendChunk("".utf8Span.span, into: &buffer)
        ResponseEncoder.appendChunk("a longer chunk of bytes".utf8Span.span, into: &buffer)
        ResponseEncoder.appendLastChunk(into: &buffer)
        ResponseEncoder.append(HTTPResponse(.notModified), to: .get, isKeepAlive: false, into: &buffer)
        let events = [
            "100 none keep", "end ", "200 length(3) keep", "end one", "200 chunked keep",
            "end hello a longer chunk of bytes",
            "304 none close", "end ",
        ]
        for pieces in cuts(String(decoding: buffer.array(), as: UTF8.self)) {
            #expect(responses(pieces) == events)
        }
    }

    @Test("a body without length ends with the connection (RFC 9112 §6.3)")
    func bodyUntilClose() {
        let text = "HTTP/1.1 200\r\n\r\nall of it"
        for pieces in cuts(text) {
            #expect(responses(pieces, closes: true) == ["200 untilClose close", "closed all of it"])
        }
        let cut = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc".utf8)
        #expect(responses([cut], closes: true) == ["200 length(5) keep", "cut"])
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".utf8)
        #expect(responses([head], answersHead: true) == ["200 none keep", "end "])
    }

    @Test(
        "a bad status line is refused",
        arguments: [
            "HTTP/1.1 20\r\n", "HTTP/1.1  200 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 099 X\r\n",
            "HTTP/1.1 600 X\r\n",
            "HTTP/1.1 200OK\r\n", "HTTP/1.1 200 O\u{01}K\r\n", "ICY 200 OK\r\n", "\r\n",
        ])
    func badStatusLine(text: String) {
        #expect(responses([Array(text.utf8)]) == ["error invalidStartLine"])
    }

    @Test("a request is written and read back")
    func requestIsReadBack() throws {
        var buffer = ByteBuffer()
        try RequestEncoder.append(.get, "/a?b=c", host: "h:1", headers: ["accept": "*/*"], into: &buffer)
        try RequestEncoder.append(.post, "/b", host: "h", body: Array("data".utf8), into: &buffer)
        #expect(
            requests([buffer.array()]) == [
                "GET /a?b=c http11 keep none host=h:1|accept=*/*", "end ",
                "POST /b http11 keep length(4) host=h|content-length=4",
                "end data",
            ])
        #expect(throws: HTTPError.invalidTarget) {
            var buffer = ByteBuffer()
            try RequestEncoder.append(.get, "/a b", host: "h", into: &buffer)
        }
        #expect(throws: HTTPError.invalidHost) {
            var buffer = ByteBuffer()
            try RequestEncoder.append(.get, "/", host: "h\r\nx: y", into: &buffer)
        }
    }

    @Test(
        "dates are in the one form (RFC 9110 §5.6.7)",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, text: String) {
        #expect(HTTPDate.text(Timestamp(milliseconds: seconds * 1000)) == text)
    }
}

@Suite struct HTTPHeadersTests {
    @Test("names compare without case, values keep it")
    func namesIgnoreCase() {
        var headers: HTTPHeaders = ["Content-Type": "Text/Plain", "x": "1", "X": "2"]
        #expect(headers["content-type"] == "Text/Plain")
        #expect(headers["CONTENT-TYPE"] == "Text/Plain")
        #expect(headers.values("x") == ["1", "2"])
        #expect(headers["y"] == nil)
        headers.set("X", "3")
        #expect(headers.values("x") == ["3"])
        #expect(headers.count == 2)
        #expect(headers == ["content-TYPE": "Text/Plain", "x": "3"])
    }

    @Test("a token is found in lists over several fields, whole and without case")
    func tokensAreFound() {
        let headers: HTTPHeaders = ["Connection": "keep-alive ,\tUPGRADE", "connection": "x", "other": "up"]
        #expect(headers.has(token: "upgrade", in: "connection"))
        #expect(headers.has(token: "Keep-Alive", in: "connection"))
        #expect(headers.has(token: "x", in: "connection"))
        #expect(!headers.has(token: "up", in: "connection"))
        #expect(!headers.has(token: "grade", in: "connection"))
        #expect(!headers.has(token: "x", in: "missing"))
    }
}
