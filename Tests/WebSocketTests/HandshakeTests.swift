import Bytes
import HTTP
import Testing

@testable import WebSocket

@Suite struct HandshakeTests {
    private static let complete: HTTPHeaders = [
        "host": "server.example.com", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
    ]

    private func head(
        _ headers: HTTPHeaders, method: HTTPMethod = .get, version: HTTPVersion = .http11,
        bodyKind: BodyKind = .none
    ) throws -> HTTPRequestHead {
        let target = try RequestTarget("/chat".utf8Span.span, method: .get)
        return HTTPRequestHead(
            method: method, target: target, version: version, headers: headers, bodyKind: bodyKind)
    }

    private func with(_ name: StaticString, _ value: String) -> HTTPHeaders {
        var headers = Self.complete
        headers.set(name, value)
        return headers
    }

    @Test("the example of RFC 6455 §1.3")
    func exampleOfTheRFC() throws {
        let request = try head(with("Sec-WebSocket-Protocol", "chat, superchat"))
        let handshake = try Handshake.validate(request, subprotocols: ["superchat", "chat"]).get()
        #expect(handshake.acceptKey == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(handshake.offeredSubprotocols == ["chat", "superchat"])
        #expect(handshake.subprotocol == "chat")
        #expect(handshake.headers["sec-websocket-protocol"] == "chat")
        #expect(handshake.headers["sec-websocket-extensions"] == nil)
    }

    @Test("without a sub-protocol that is spoken here there is none, and no fault")
    func unknownSubprotocolIsNoFault() throws {
        let handshake = try Handshake.validate(
            head(with("Sec-WebSocket-Protocol", "mqtt")), subprotocols: ["stoa.v1"]
        ).get()
        #expect(handshake.subprotocol == nil)
        #expect(handshake.headers.count == 3)
    }

    @Test("what no client may send is refused (RFC 6455 §4.2.1)")
    func othersAreRefused() throws {
        func refusal(_ head: HTTPRequestHead) -> Handshake.Refusal? {
            if case .failure(let refusal) = Handshake.validate(head) { return refusal }
            return nil
        }
        #expect(refusal(try head(Self.complete)) == nil)
        #expect(refusal(try head(Self.complete, method: .post)) == .notGet)
        #expect(refusal(try head(Self.complete, version: .http10)) == .notGet)
        #expect(refusal(try head(Self.complete, bodyKind: .length(1))) == .notGet)
        #expect(refusal(try head([:])) == .notUpgrade)
        #expect(refusal(try head(with("Upgrade", "h2c"))) == .notUpgrade)
        #expect(refusal(try head(with("Connection", "keep-alive"))) == .notUpgrade)
        for key in [
            "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "AAAA", "dGhlIHNhbXBsZSBub25jZSE=",
            "!!!!",
        ] {
            #expect(refusal(try head(with("Sec-WebSocket-Key", key))) == .invalidKey)
        }
        var twice = Self.complete
        twice.append("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(refusal(try head(twice)) == .invalidKey)
        for version in ["", "8", "12", "14", "13, 8", "013"] {
            #expect(refusal(try head(with("Sec-WebSocket-Version", version))) == .unsupportedVersion)
        }
        for list in ["", "a,", ",a", "a b", "a,a", "a;b"] {
            #expect(refusal(try head(with("Sec-WebSocket-Protocol", list))) == .invalidSubprotocols)
        }
        for list in ["", "x;", "x,", "x=1", "x;=1", "x; a=\"", "x; a=\"b c\"", "x; a=\"\""] {
            #expect(refusal(try head(with("Sec-WebSocket-Extensions", list))) == .invalidExtensions)
        }
    }

    @Test("another version is answered with the one that is spoken here (RFC 6455 §4.4)")
    func versionIsTold() {
        #expect(Handshake.Refusal.unsupportedVersion.status == .upgradeRequired)
        #expect(Handshake.Refusal.unsupportedVersion.headers["Sec-WebSocket-Version"] == "13")
        #expect(Handshake.Refusal.invalidKey.status == .badRequest)
    }

    @Test(
        "offers of permessage-deflate and what is answered (RFC 7692 §7.1)",
        arguments: [
            ("permessage-deflate; client_max_window_bits", "; client_max_window_bits=12"),
            ("permessage-deflate; client_max_window_bits=15", "; client_max_window_bits=12"),
            ("permessage-deflate; client_max_window_bits=10", "; client_max_window_bits=10"),
            ("permessage-deflate; client_max_window_bits=\"10\"", "; client_max_window_bits=10"),
            ("permessage-deflate", "; client_no_context_takeover"),
            ("permessage-deflate; server_no_context_takeover", "; client_no_context_takeover"),
            (
                "permessage-deflate; client_no_context_takeover; client_max_window_bits",
                "; client_no_context_takeover; client_max_window_bits=12"
            ),
            (
                "permessage-deflate; server_max_window_bits=15; client_max_window_bits",
                "; client_max_window_bits=12"
            ),
            (
                "permessage-deflate; server_max_window_bits=9, permessage-deflate",
                "; client_no_context_takeover"
            ),
            (
                "x-webkit-deflate-frame, permessage-deflate; unknown, permessage-deflate; client_max_window_bits",
                "; client_max_window_bits=12"
            ),
            ("permessage-deflate; server_max_window_bits=9", nil),
            ("permessage-deflate; server_max_window_bits", nil),
            ("permessage-deflate; server_max_window_bits=16", nil),
            ("permessage-deflate; server_max_window_bits=7", nil),
            ("permessage-deflate; server_max_window_bits=015", nil),
            ("permessage-deflate; client_max_window_bits=16", nil),
            ("permessage-deflate; client_max_window_bits=a", nil),
            ("permessage-deflate; server_no_context_takeover=1", nil),
            ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", nil),
            ("permessage-gzip", nil),
        ] as [(String, String?)])
    func offersAreAnswered(offer: String, answer: String?) throws {
        let request = try head(with("Sec-WebSocket-Extensions", offer))
        let handshake = try Handshake.validate(request, deflate: DeflatePolicy()).get()
        let expected = answer.map { "permessage-deflate; server_no_context_takeover" + $0 }
        #expect(handshake.headers["sec-websocket-extensions"] == expected)
        #expect(try Handshake.validate(request).get().deflate == nil)
    }

    @Test("a policy may take small windows, and may keep nothing")
    func policies() throws {
        let offer = "permessage-deflate; server_max_window_bits=9; client_max_window_bits"
        let request = try head(with("Sec-WebSocket-Extensions", offer))
        let small = try Handshake.validate(request, deflate: DeflatePolicy(allowsSmallServerWindow: true))
            .get()
        #expect(small.deflate?.serverWindowBits == 9)
        #expect(small.headers["sec-websocket-extensions"]?.contains("server_max_window_bits=9") == true)
        let strict = DeflatePolicy(requiresClientNoContextTakeover: true, allowsSmallServerWindow: true)
        let handshake = try Handshake.validate(request, deflate: strict).get()
        #expect(handshake.deflate?.clientNoContextTakeover == true)
    }

    @Test("a client and this server agree")
    func clientAndServerAgree() throws {
        let client = ClientHandshake(subprotocols: ["stoa.v1", "other"], offersDeflate: true)
        var request = client.headers
        request.append("host", "x")
        let server = try Handshake.validate(
            head(request), subprotocols: ["stoa.v1"], deflate: DeflatePolicy()
        ).get()
        let answer = HTTPResponseHead(
            status: .switchingProtocols, version: .http11, headers: server.headers, bodyKind: .none)
        let outcome = try client.validate(answer).get()
        #expect(outcome.subprotocol == "stoa.v1")
        #expect(outcome.deflate == server.deflate)
    }

    @Test("a client refuses what it did not ask for (RFC 6455 §4.1)")
    func clientRefuses() {
        let client = ClientHandshake(
            key: Array("the sample nonce".utf8), subprotocols: ["a"], offersDeflate: false)
        func failure(_ status: HTTPStatus, _ change: (inout HTTPHeaders) -> Void) -> ClientHandshake.Failure?
        {
            var headers: HTTPHeaders = [
                "upgrade": "WebSocket", "connection": "upgrade",
                "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            ]
            change(&headers)
            let head = HTTPResponseHead(status: status, version: .http11, headers: headers, bodyKind: .none)
            if case .failure(let failure) = client.validate(head) { return failure }
            return nil
        }
        #expect(failure(.switchingProtocols) { _ in } == nil)
        #expect(failure(.unauthorized) { _ in } == .refused(.unauthorized))
        #expect(failure(.switchingProtocols) { $0.set("upgrade", "x") } == .notUpgrade)
        #expect(failure(.switchingProtocols) { $0.set("connection", "close") } == .notUpgrade)
        #expect(failure(.switchingProtocols) { $0.set("sec-websocket-accept", "AAAA") } == .wrongAcceptKey)
        #expect(failure(.switchingProtocols) { $0.set("sec-websocket-protocol", "b") } == .unknownSubprotocol)
        #expect(
            failure(.switchingProtocols) { $0.set("sec-websocket-extensions", "permessage-deflate") }
                == .unknownExtension)
    }

    @Test(
        "an answer about compression must fit the offer (RFC 7692 §7.1)",
        arguments: [
            ("permessage-deflate", true), ("permessage-deflate; server_no_context_takeover", true),
            ("permessage-deflate; server_max_window_bits=10", true),
            ("permessage-deflate; client_max_window_bits=10", false),
            ("permessage-deflate; x", false), ("x", false), ("permessage-deflate, permessage-deflate", false),
            (";", false),
        ])
    func answerMustFit(answer: String, fits: Bool) throws {
        let client = ClientHandshake(offersDeflate: true)
        let headers: HTTPHeaders = [
            "upgrade": "websocket", "connection": "upgrade",
            "sec-websocket-accept": AcceptKey.make(for: client.key),
            "sec-websocket-extensions": answer,
        ]
        let head = HTTPResponseHead(
            status: .switchingProtocols, version: .http11, headers: headers, bodyKind: .none)
        let outcome = try? client.validate(head).get()
        #expect((outcome != nil) == fits)
    }
}
