import Bytes
import Cryptography
public import HTTP

/// The client's part of the opening handshake (RFC 6455 §4.1).
public struct ClientHandshake: Sendable {
    /// The value of `Sec-WebSocket-Key`.
    public let key: String
    /// The sub-protocols that are offered, the dearest first.
    public let subprotocols: [String]
    /// Whether compression is offered.
    public let offersDeflate: Bool

    /// What came of it.
    public struct Outcome: Equatable, Sendable {
        /// The sub-protocol that the server chose.
        public let subprotocol: String?
        /// What was agreed on about compression.
        public let deflate: DeflateAgreement?
    }

    /// Why a server's answer is no handshake (RFC 6455 §4.1); the connection must be dropped.
    public enum Failure: Error, Equatable, Sendable {
        /// Another status than 101; the server may have said why.
        case refused(HTTPStatus)
        /// `Upgrade` or `Connection` is missing.
        case notUpgrade
        /// `Sec-WebSocket-Accept` does not fit the key.
        case wrongAcceptKey
        /// A sub-protocol that was not offered.
        case unknownSubprotocol
        /// An extension, or a parameter, that was not offered.
        case unknownExtension
    }

    /// A handshake with a key of its own.
    public init(subprotocols: [String] = [], offersDeflate: Bool = false) {
        self.init(key: RandomBytes.make(16), subprotocols: subprotocols, offersDeflate: offersDeflate)
    }

    init(key: [UInt8], subprotocols: [String], offersDeflate: Bool) {
        self.key = Base64.encode(key.span)
        self.subprotocols = subprotocols
        self.offersDeflate = offersDeflate
    }

    /// The request's fields beside `Host`.
    public var headers: HTTPHeaders {
        var headers: HTTPHeaders = [
            "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-key": key,
            "sec-websocket-version": "13",
        ]
        if !subprotocols.isEmpty {
            headers.append("sec-websocket-protocol", subprotocols.joined(separator: ", "))
        }
        if offersDeflate { headers.append("sec-websocket-extensions", Extensions.offer) }
        return headers
    }

    /// Checks the server's answer.
    public func validate(_ head: HTTPResponseHead) -> Result<Outcome, Failure> {
        do throws(Failure) {
            return .success(try outcome(head))
        } catch {
            return .failure(error)
        }
    }

    private func outcome(_ head: HTTPResponseHead) throws(Failure) -> Outcome {
        guard head.status == .switchingProtocols else { throw .refused(head.status) }
        let headers = head.headers
        guard headers.has(token: "websocket", in: "upgrade"), headers.has(token: "upgrade", in: "connection")
        else {
            throw .notUpgrade
        }
        guard headers.values("sec-websocket-accept") == [AcceptKey.make(for: key)] else {
            throw .wrongAcceptKey
        }
        let chosen = headers.values("sec-websocket-protocol")
        guard chosen.count <= 1, chosen.allSatisfy({ subprotocols.contains($0) }) else {
            throw .unknownSubprotocol
        }
        return Outcome(subprotocol: chosen.first, deflate: try deflate(headers))
    }

    private func deflate(_ headers: HTTPHeaders) throws(Failure) -> DeflateAgreement? {
        let answers = headers.values("sec-websocket-extensions")
        guard let answer = answers.first else { return nil }
        guard answers.count == 1, offersDeflate, let items = ExtensionList.parse(answer.utf8Span.span),
            let agreement = Extensions.read(answer: items)
        else { throw .unknownExtension }
        return agreement
    }
}
