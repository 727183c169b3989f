import Bytes

/// What a parser found in a server's bytes; an interim response (1xx) has a head and an end of its own.
public typealias ResponseEvent = MessageEvent<HTTPResponseHead>

/// Reads responses (RFC 9112) from a stream that is cut anywhere; for clients.
public struct ResponseParser: ~Copyable {
    private var parser: MessageParser<HTTPResponseHead>

    /// A parser before the first response.
    public init(limits: HTTPLimits = HTTPLimits()) { parser = MessageParser(limits: limits) }

    /// Whether the next response answers a HEAD request: then no body comes, whatever its headers say.
    public var answersHead: Bool {
        get { parser.isAnswerToHead }
        set { parser.isAnswerToHead = newValue }
    }

    /// Finds the next event in `bytes[position...]` and advances `position` behind it.
    ///
    /// - Returns: Nil when all is consumed; what is incomplete is kept here.
    /// - Throws: ``HTTPError``; nothing more is read afterwards.
    public mutating func next(
        in bytes: Span<UInt8>, at position: inout Int
    ) throws(HTTPError) -> ResponseEvent? {
        try parser.next(in: bytes, at: &position)
    }

    /// Takes note that the server closed.
    ///
    /// - Returns: Whether that ended a response properly.
    public mutating func close() -> Bool { parser.close() }
}
