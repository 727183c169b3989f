import Bytes

/// A whole response in memory.
public struct HTTPResponse: Equatable, Sendable {
    /// How the request went.
    public var status: HTTPStatus
    /// Header fields beside those that the encoder adds: length, connection and date.
    public var headers: HTTPHeaders
    /// The body.
    public var body: [UInt8]

    /// A response with a body of bytes.
    public init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A response with a text of a type.
    public init(_ status: HTTPStatus, headers: HTTPHeaders = [:], text: String, type: MediaType = .text) {
        self.init(status, headers: headers, body: Array(text.utf8))
        self.headers.set("content-type", type.rawValue)
    }

    /// A response with bytes of a type.
    public init(_ status: HTTPStatus, headers: HTTPHeaders = [:], bytes: Span<UInt8>, type: MediaType) {
        self.init(status, headers: headers, body: [UInt8](bytes))
        self.headers.set("content-type", type.rawValue)
    }
}
