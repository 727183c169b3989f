import HTTP
import Testing

@testable import Gateway

@Suite("Static pages")
struct StaticPagesTests {
    static let pages: StaticPages = {
        var pages = StaticPages()
        pages.add(
            path: "/", type: "text/html", bytes: Array(String(repeating: "<p>Hello</p>", count: 100).utf8))
        return pages
    }()

    static func answer(_ headers: HTTPHeaders, path: String = "/") throws -> HTTPResponse? {
        let target = try RequestTarget(path.utf8Span.span, method: .get)
        return pages.answer(HTTPRequestHead(method: .get, target: target, headers: headers))
    }

    @Test("a client that takes gzip gets it, under a tag of its own (RFC 9110 §8.8.3)")
    func gzip() throws {
        let plain = try #require(try StaticPagesTests.answer([:]))
        let packed = try #require(try StaticPagesTests.answer(["accept-encoding": "br, gzip;q=0.5"]))
        #expect(plain.headers["content-encoding"] == nil)
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.body.prefix(2) == [0x1F, 0x8B])
        #expect(packed.body.count < plain.body.count)
        #expect(packed.headers["etag"] != plain.headers["etag"])
        #expect(
            try StaticPagesTests.answer(["accept-encoding": "gzip;q=0"])?.headers["content-encoding"] == nil)
    }

    @Test("a known tag is answered with 304 and no body; an unknown path by nobody here")
    func conditional() throws {
        let tag = try #require(try StaticPagesTests.answer([:])?.headers["etag"])
        let answer = try #require(try StaticPagesTests.answer(["if-none-match": tag]))
        #expect(answer.status == .notModified)
        #expect(answer.body.isEmpty)
        #expect(try StaticPagesTests.answer([:], path: "/etc/passwd") == nil)
    }
}
