public import HTTP

/// A request to another server, with its bounds.
public struct HTTPClientRequest: Sendable {
    /// What is asked for.
    public var method: HTTPMethod
    /// An absolute address. `http` is for this machine's own addresses; everything else needs `https`.
    public var url: String
    /// Fields beside those that the client writes itself.
    public var headers = HTTPHeaders()
    /// What is sent with it.
    public var body: [UInt8] = []
    /// How long everything may take, the name's resolution included.
    public var timeout: Duration = .seconds(10)
    /// How long a connection may take of that.
    public var connectTimeout: Duration = .seconds(5)
    /// How many bytes the answer's body may have.
    public var bodyLimit = 1 << 20
    /// How many redirects are followed; each one's address is judged anew.
    public var redirectLimit = 0
    /// Which addresses it may go to.
    public var policy = AddressPolicy.any

    /// A request.
    public init(_ method: HTTPMethod, _ url: String) {
        self.method = method
        self.url = url
    }

    /// Bounds it: all of it, the connection included, may take so long, and the answer may have so many bytes.
    public mutating func limit(to timeout: Duration, bytes: Int) {
        self.timeout = timeout
        connectTimeout = timeout
        bodyLimit = bytes
    }
}

/// Another server's answer.
public struct HTTPClientResponse: Sendable {
    /// The status, as 200.
    public var status: Int
    /// The fields of the last answer, where redirects were followed.
    public var headers: HTTPHeaders
    /// The body.
    public var body: [UInt8]

    /// For how long a server that answers 429 wants to be left alone, in milliseconds, an hour at most; nil for any other
    /// answer.
    ///
    /// - Parameter usually: Where it does not say in seconds; a date is rare, and as good as no number.
    public func restMilliseconds(usually: Int64) -> Int64? {
        guard status == 429 else { return nil }
        return headers["retry-after"].flatMap { Int64($0) }.map { min(max($0, 0), 3600) * 1000 } ?? usually
    }
}

/// Why there is no answer.
public enum HTTPClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The address cannot be read, or is neither `https` nor `http`.
    case badURL
    /// The policy does not let the request go to the address.
    case refusedAddress
    /// The name leads nowhere.
    case unknownHost
    /// Nobody answers there, or the connection broke.
    case unreachable(String)
    /// The server is not who it should be, or does not speak TLS as it should.
    case tls(String)
    /// It took too long.
    case timeout
    /// The answer is larger than it may be.
    case tooLarge
    /// Whoever asked has stopped waiting.
    case cancelled
    /// The client has been shut down.
    case closed

    /// In words for a log.
    public var description: String {
        switch self {
        case .badURL: "the address is not one of https or http"
        case .refusedAddress: "the address may not be connected to"
        case .unknownHost: "the host's name is not known"
        case .unreachable(let words): words
        case .tls(let words): "TLS: \(words)"
        case .timeout: "no answer in time"
        case .tooLarge: "the answer is too large"
        case .cancelled: "given up"
        case .closed: "the client is closed"
        }
    }
}
