import Bytes
import HTTP
import Reactor
import Testing

@testable import Gateway

@Suite("Proxies and origins")
struct TrustedProxiesTests {
    static func head(_ headers: HTTPHeaders) throws -> HTTPRequestHead {
        let target = try RequestTarget("/ws".utf8Span.span, method: .get)
        return HTTPRequestHead(method: .get, target: target, headers: headers)
    }

    @Test(
        "the client is the last address that is no proxy of ours (RFC 7239 §4)",
        arguments: [
            (["x-forwarded-for": "203.0.113.9"], "203.0.113.9"),
            (["x-forwarded-for": "1.2.3.4, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
            (["forwarded": "for=203.0.113.9;proto=https, for=10.1.1.1"], "203.0.113.9"),
            (["forwarded": "for=\"[2001:db8::1]:443\""], "2001:db8::1"),
            (["x-forwarded-for": "nonsense"], "10.0.0.1"), ([:], "10.0.0.1"),
        ] as [(HTTPHeaders, String)])
    func client(_ headers: HTTPHeaders, _ expected: String) throws {
        let proxies = try TrustedProxies(["10.0.0.0/8"])
        let peer = try #require(SocketAddress(host: "10.0.0.1", port: 5))
        #expect(proxies.client(of: try TrustedProxiesTests.head(headers), peer: peer) == expected)
    }

    @Test("a stranger's word about its address does not count")
    func stranger() throws {
        let proxies = try TrustedProxies(["10.0.0.0/8"])
        let peer = try #require(SocketAddress(host: "198.51.100.4", port: 5))
        let head = try TrustedProxiesTests.head(["x-forwarded-for": "203.0.113.9"])
        #expect(proxies.client(of: head, peer: peer) == "198.51.100.4")
    }

    @Test(
        "a network that is none is refused by name",
        arguments: ["10.0.0.0/33", "example.org", "1.2.3.4/x", "/8"])
    func bad(_ text: String) {
        #expect(throws: AddressError(text: text)) { try TrustedProxies([text]) }
    }

    @Test(
        "pages of the server's own origin and of named ones may connect, others not",
        arguments: [
            ("https://chat.example", true), ("https://app.example", true), ("https://evil.example", false),
            ("null", false),
            ("https://chat.example:444", false),
        ])
    func origins(_ origin: String, _ admitted: Bool) throws {
        let policy = OriginPolicy(["https://app.example"])
        let head = try TrustedProxiesTests.head(["host": "chat.example", "origin": origin])
        #expect(policy.admits(head) == admitted)
    }

    @Test("a program that names no origin may connect")
    func noOrigin() throws {
        #expect(OriginPolicy([]).admits(try TrustedProxiesTests.head(["host": "chat.example"])))
    }
}

@Suite("Router")
struct RouterTests {
    static let router = Router([
        Route(.get, "/api/v1/rooms") { (_) in HTTPResponse(.ok) },
        Route(.get, "/api/v1/rooms/{}") { (_) in HTTPResponse(.ok) },
        Route(.patch, "/api/v1/rooms/{}") { (_) in HTTPResponse(.ok) },
    ])

    @Test("a path is found with its parameters; HEAD goes with GET; other methods are named")
    func match() {
        guard case .route(_, let parameters) = RouterTests.router.match(.head, ["api", "v1", "rooms", "x"])
        else {
            Issue.record("no route"); return
        }
        #expect(parameters == ["x"])
        guard
            case .otherMethods(let methods) = RouterTests.router.match(.delete, ["api", "v1", "rooms", "x"])
        else {
            Issue.record("no other methods"); return
        }
        #expect(Set(methods) == [.get, .patch])
        guard case .none = RouterTests.router.match(.get, ["api", "v1", "people"]) else {
            Issue.record("found"); return
        }
        guard case .none = RouterTests.router.match(.get, ["api", "v1", "rooms", ""]) else {
            Issue.record("found"); return
        }
    }
}
