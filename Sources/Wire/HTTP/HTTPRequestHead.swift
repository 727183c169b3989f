/// How the end of a body is known (RFC 9112 §6).
public enum BodyKind: Equatable, Sendable {
    /// There is none.
    case none
    /// By its length.
    case length(Int)
    /// By a last, empty chunk.
    case chunked
    /// By the end of the connection; responses only.
    case untilClose
}

/// A request without its body.
public struct HTTPRequestHead: Equatable, Sendable {
    /// What is asked for.
    public var method: HTTPMethod
    /// What it is about.
    public var target: RequestTarget
    /// The client's version.
    public var version: HTTPVersion
    /// All header fields.
    public var headers: HTTPHeaders
    /// What follows.
    public var bodyKind: BodyKind

    /// A request as it is read.
    public init(
        method: HTTPMethod, target: RequestTarget, version: HTTPVersion = .http11, headers: HTTPHeaders,
        bodyKind: BodyKind = .none
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.bodyKind = bodyKind
    }

    /// Whether the connection may serve another request after this one (RFC 9112 §9.3).
    public var isKeepAlive: Bool {
        if headers.has(token: "close", in: "connection") { return false }
        return version == .http11 || headers.has(token: "keep-alive", in: "connection")
    }

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    public var expectsContinue: Bool {
        version == .http11 && bodyKind != .none && headers.has(token: "100-continue", in: "expect")
    }

    /// The host that is asked, with its port where one was given.
    public var host: String? { target.authority ?? headers["host"] }
}
