import Bytes

/// What a parser found in a client's bytes.
public typealias RequestEvent = MessageEvent<HTTPRequestHead>

/// Reads requests (RFC 9112) from a stream that is cut anywhere.
///
/// Strict where two readers could disagree about where a request ends: that is how requests are smuggled.
public struct RequestParser: ~Copyable {
    private var parser: MessageParser<HTTPRequestHead>

    /// A parser before the first request.
    public init(limits: HTTPLimits = HTTPLimits()) { parser = MessageParser(limits: limits) }

    /// Whether it stands between two requests, with no part of one kept.
    public var isIdle: Bool { parser.isIdle }

    /// Finds the next event in `bytes[position...]` and advances `position` behind it.
    ///
    /// - Returns: Nil when all is consumed; what is incomplete is kept here.
    /// - Throws: ``HTTPError``; nothing more is read afterwards.
    public mutating func next(
        in bytes: Span<UInt8>, at position: inout Int
    ) throws(HTTPError) -> RequestEvent? {
        try parser.next(in: bytes, at: &position)
    }
}
