import Bytes

/// What a parser found in a server's bytes.
public enum ResponseEvent: Equatable, Sendable {
    /// A response begins; also an interim one (1xx), which has its own end.
    case head(HTTPResponseHead)
    /// The next bytes of its body, as a range of the input.
    case body(Range<Int>)
    /// It is whole.
    case end
}

/// Reads responses (RFC 9112) from a stream that is cut anywhere; for clients.
public struct ResponseParser: ~Copyable {
    private enum State {
        case start
        case headers
        case body
        case failed
    }

    private let limits: HTTPLimits
    private var state = State.start
    private var lines = LineReader()
    private var status = HTTPStatus.ok
    private var version = HTTPVersion.http11
    private var headers = HeaderReader()
    private var body = BodyReader(.none)

    /// Whether the next response answers a HEAD request: then no body comes, whatever its headers say.
    public var answersHead = false

    /// A parser before the first response.
    public init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    /// Finds the next event in `bytes[position...]` and advances `position` behind it.
    ///
    /// - Returns: Nil when all is consumed; what is incomplete is kept here.
    /// - Throws: ``HTTPError``; nothing more is read afterwards.
    public mutating func next(
        in bytes: Span<UInt8>, at position: inout Int
    ) throws(HTTPError) -> ResponseEvent? {
        do {
            return try advance(bytes, &position)
        } catch {
            state = .failed
            throw error
        }
    }

    /// Takes note that the server closed.
    ///
    /// - Returns: Whether that ended a response properly.
    public mutating func close() -> Bool {
        guard case .body = state, body.endsAtClose else { return false }
        state = .failed
        return true
    }

    private mutating func advance(_ bytes: Span<UInt8>, _ position: inout Int) throws(HTTPError)
        -> ResponseEvent?
    {
        while true {
            switch state {
            case .failed:
                position = bytes.count
                return nil
            case .body:
                switch try body.next(bytes, at: &position, &lines, limits) {
                case nil: return nil
                case .data(let range): return .body(range)
                case .end:
                    state = .start
                    return .end
                }
            case .start, .headers:
                let tooLong: HTTPError =
                    if case .start = state { .startLineTooLong } else { .headersTooLarge }
                switch try lines.take(bytes, at: &position, limit: limits.lineBytes, tooLong: tooLong) {
                case nil: return nil
                case .input(let range):
                    if let event = try read(bytes.extracting(range)) { return event }
                case .held:
                    let line = lines.takeHeld()
                    if let event = try read(line.span) { return event }
                }
            }
        }
    }

    private mutating func read(_ line: Span<UInt8>) throws(HTTPError) -> ResponseEvent? {
        if case .headers = state {
            if line.count == 0 { return .head(try finishHead()) }
            try headers.read(line, limits)
        } else {
            try readStatusLine(line)
            state = .headers
        }
        return nil
    }

    /// `version SP code SP reason`; the reason may be missing with its space.
    private mutating func readStatusLine(_ line: Span<UInt8>) throws(HTTPError) {
        guard line.count >= 12, line[8] == 0x20, line.count == 12 || line[12] == 0x20 else {
            throw .invalidStartLine
        }
        version = try StartLine.version(line.extracting(0..<8))
        var code: UInt16 = 0
        for index in 9..<12 {
            guard ASCII.isDigit(line[index]) else { throw .invalidStartLine }
            code = code * 10 + UInt16(line[index] - 0x30)
        }
        guard let status = HTTPStatus(rawValue: code), HTTPSyntax.isValue(line.extracting(12...)) else {
            throw .invalidStartLine
        }
        self.status = status
    }

    private mutating func finishHead() throws(HTTPError) -> HTTPResponseHead {
        let fields = headers.headers
        headers = HeaderReader()
        var kind = BodyKind.none
        if !status.hasNoBody, !answersHead {
            kind = try MessageFraming.bodyKind(fields, version: version, limits: limits) ?? .untilClose
        }
        body = BodyReader(kind)
        state = .body
        return HTTPResponseHead(status: status, version: version, headers: fields, bodyKind: kind)
    }
}
