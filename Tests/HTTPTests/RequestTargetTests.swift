import Bytes
import HTTP
import Testing

@Suite struct RequestTargetTests {
    private func target(_ text: String, _ method: HTTPMethod = .get) throws -> RequestTarget {
        try RequestTarget(text.utf8Span.span, method: method)
    }

    @Test(
        "paths and queries come apart, decoded",
        arguments: [
            ("/", [], [:]), ("/a/b", ["a", "b"], [:]), ("/a/", ["a", ""], [:]), ("//a", ["", "a"], [:]),
            ("/r%C3%A9/a%2Fb", ["ré", "a/b"], [:]), ("/a+b", ["a+b"], [:]), ("/...", ["..."], [:]),
            ("/x?a=1&b=%26+c&d", ["x"], ["a": "1", "b": "& c", "d": ""]), ("/?", [], [:]),
            ("/?&&=1", [], ["": "1"]),
            ("/?a=b=c&x?y=/", [], ["a": "b=c", "x?y": "/"]), ("/%20", [" "], [:]),
        ] as [(String, [String], [String: String])])
    func partsComeApart(text: String, segments: [String], items: [String: String]) throws {
        let target = try target(text)
        #expect(target.segments == segments)
        #expect(Dictionary(target.queryItems.map { ($0.name, $0.value) }) { first, _ in first } == items)
        #expect(target.text == text)
        for (name, value) in items { #expect(target.queryValue(name) == value) }
    }

    @Test(
        "a whole URL counts with its own host (RFC 9112 §3.2.2)",
        arguments: [
            ("http://a.example:8080/x?y=1", "a.example:8080", "/x", "y=1"),
            ("HTTPS://[::1]/", "[::1]", "/", nil),
            ("http://a", "a", "/", nil), ("http://a?q", "a", "/", "q"),
        ] as [(String, String, String, String?)])
    func absoluteForm(text: String, authority: String, path: String, query: String?) throws {
        let target = try target(text)
        #expect(target.authority == authority)
        #expect(target.path == path)
        #expect(target.query == query)
    }

    @Test("the asterisk is for OPTIONS alone (RFC 9112 §3.2.4)")
    func asterisk() throws {
        #expect(try target("*", .options).isAsterisk)
        #expect(throws: HTTPError.invalidTarget) { try target("*", .get) }
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "a", "a/b", "/a b", "/a#b", "/\u{7F}", "/é", "/%", "/%4", "/%zz", "/%00", "/%0A", "/%7F",
            "/%C3", "/%ED%A0%80",
            "/.", "/..", "/a/../b", "/a/.", "/%2e%2E/b", "/.%2e", "/?a=%", "/?%00", "/?%FF", "http://",
            "http:///x",
            "http://u@h/", "ftp://a/", "?a",
        ])
    func othersAreRefused(text: String) {
        #expect(throws: HTTPError.invalidTarget) { try target(text) }
    }

    @Test("encoding leaves only unreserved characters (RFC 3986 §2.3)")
    func encoding() {
        #expect(PercentCoding.encode("aZ0-._~ /é%") == "aZ0-._~%20%2F%C3%A9%25")
        let text = "a b+c&d=é/😀"
        let encoded = PercentCoding.encode(text)
        let decoded = PercentCoding.decode(encoded.utf8Span.span)
        #expect(decoded == text)
    }
}
