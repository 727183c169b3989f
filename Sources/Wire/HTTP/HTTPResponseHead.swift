/// A response without its body.
public struct HTTPResponseHead: Equatable, Sendable {
    /// How the request went.
    public var status: HTTPStatus
    /// The server's version.
    public var version: HTTPVersion
    /// All header fields.
    public var headers: HTTPHeaders
    /// What follows.
    public var bodyKind: BodyKind

    /// A response as it is read.
    public init(
        status: HTTPStatus, version: HTTPVersion = .http11, headers: HTTPHeaders, bodyKind: BodyKind = .none
    ) {
        self.status = status
        self.version = version
        self.headers = headers
        self.bodyKind = bodyKind
    }

    /// Whether the connection may serve another request (RFC 9112 §9.3).
    public var isKeepAlive: Bool {
        if bodyKind == .untilClose || headers.has(token: "close", in: "connection") { return false }
        return version == .http11 || headers.has(token: "keep-alive", in: "connection")
    }
}
