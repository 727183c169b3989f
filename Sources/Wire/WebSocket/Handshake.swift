public import Bytes
public import HTTP

/// The server's part of the opening handshake (RFC 6455 §4.2).
public struct Handshake: Equatable, Sendable {
    /// The value of `Sec-WebSocket-Accept`.
    public let acceptKey: String
    /// All sub-protocols that the client offered, in its order of preference.
    public let offeredSubprotocols: [String]
    /// The one that was chosen.
    public let subprotocol: String?
    /// What was agreed on about compression.
    public let deflate: DeflateAgreement?

    /// Why there is no handshake, and the answer to that.
    public enum Refusal: Error, Equatable, Sendable {
        /// Not a GET of HTTP/1.1 without a body (RFC 6455 §4.2.1). 400.
        case notGet
        /// No `Upgrade: websocket`, or `Connection` does not say so. 400.
        case notUpgrade
        /// `Sec-WebSocket-Key` is missing, there twice, or not 16 bytes in Base64. 400.
        case invalidKey
        /// `Sec-WebSocket-Version` is not 13 (RFC 6455 §4.4). 426, with the version that is spoken here.
        case unsupportedVersion
        /// `Sec-WebSocket-Protocol` is not a list of different tokens. 400.
        case invalidSubprotocols
        /// `Sec-WebSocket-Extensions` is not a list of extensions. 400.
        case invalidExtensions

        /// The answer's status.
        public var status: HTTPStatus { self == .unsupportedVersion ? .upgradeRequired : .badRequest }

        /// Fields that the answer needs.
        public var headers: HTTPHeaders {
            self == .unsupportedVersion ? ["sec-websocket-version": "13", "upgrade": "websocket"] : [:]
        }

        /// A sentence for the answer's body.
        public var message: String {
            switch self {
            case .notGet: return "A WebSocket begins with a GET request of HTTP/1.1 without a body."
            case .notUpgrade:
                return "This is a WebSocket: ask for it with Upgrade: websocket and Connection: Upgrade."
            case .invalidKey: return "Sec-WebSocket-Key must be 16 bytes in Base64, once."
            case .unsupportedVersion: return "Only version 13 of the WebSocket protocol is spoken here."
            case .invalidSubprotocols: return "Sec-WebSocket-Protocol must be a list of different tokens."
            case .invalidExtensions: return "Sec-WebSocket-Extensions is malformed."
            }
        }
    }

    /// Checks a request and decides on its offers.
    ///
    /// - Parameters:
    ///   - subprotocols: Those spoken here; the client's first of them is chosen, none is no fault.
    ///   - deflate: How offers of compression are answered; nil declines them all.
    public static func validate(
        _ head: HTTPRequestHead, subprotocols: [String] = [], deflate: DeflatePolicy? = nil
    ) -> Result<Handshake, Refusal> {
        do throws(Refusal) {
            return .success(try Handshake(head, subprotocols, deflate))
        } catch {
            return .failure(error)
        }
    }

    private init(_ head: HTTPRequestHead, _ spoken: [String], _ policy: DeflatePolicy?) throws(Refusal) {
        guard head.method == .get, head.version == .http11, head.bodyKind == .none else { throw .notGet }
        let headers = head.headers
        guard headers.has(token: "websocket", in: "upgrade"), headers.has(token: "upgrade", in: "connection")
        else {
            throw .notUpgrade
        }
        guard headers.values("sec-websocket-version") == ["13"] else { throw .unsupportedVersion }
        acceptKey = try Handshake.acceptKey(headers)
        offeredSubprotocols = try Handshake.offers(headers)
        subprotocol = offeredSubprotocols.first { spoken.contains($0) }
        let extensions = try Handshake.extensions(headers)
        deflate = policy.flatMap { Extensions.accept(extensions, $0) }
    }

    /// The fields of the answer `101 Switching Protocols`.
    public var headers: HTTPHeaders {
        var headers: HTTPHeaders = [
            "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": acceptKey,
        ]
        if let subprotocol { headers.append("sec-websocket-protocol", subprotocol) }
        if let deflate { headers.append("sec-websocket-extensions", Extensions.answer(deflate)) }
        return headers
    }

    /// Appends the answer; frames follow it.
    public func appendAnswer(into buffer: inout ByteBuffer) {
        ResponseEncoder.appendHead(.switchingProtocols, headers, body: .none, into: &buffer)
    }

    private static func acceptKey(_ headers: HTTPHeaders) throws(Refusal) -> String {
        guard headers.count(of: "sec-websocket-key") == 1,
            let index = headers.firstIndex(of: "sec-websocket-key"),
            AcceptKey.isValid(headers.valueBytes(at: index))
        else { throw .invalidKey }
        return AcceptKey.make(for: headers.value(at: index))
    }

    private static func offers(_ headers: HTTPHeaders) throws(Refusal) -> [String] {
        var offers: [String] = []
        for text in headers.values("sec-websocket-protocol") {
            var scanner = ListScanner(text.utf8Span.span)
            repeat {
                guard let name = scanner.token(), !offers.contains(name) else { throw .invalidSubprotocols }
                offers.append(name)
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.isAtEnd else { throw .invalidSubprotocols }
        }
        return offers
    }

    private static func extensions(_ headers: HTTPHeaders) throws(Refusal) -> [ExtensionList.Item] {
        var items: [ExtensionList.Item] = []
        for text in headers.values("sec-websocket-extensions") {
            guard let more = ExtensionList.parse(text.utf8Span.span) else { throw .invalidExtensions }
            items += more
        }
        return items
    }
}
