import Bytes

/// What a parser found in a client's bytes.
public enum RequestEvent: Equatable, Sendable {
    /// A request begins.
    case head(HTTPRequestHead)
    /// The next bytes of its body, as a range of the input.
    case body(Range<Int>)
    /// It is whole; another may follow.
    case end
}

/// Reads requests (RFC 9112) from a stream that is cut anywhere.
///
/// Strict where two readers could disagree about where a request ends: that is how requests are smuggled.
public struct RequestParser: ~Copyable {
    private enum State {
        case start
        case headers
        case body
        case failed
    }

    private let limits: HTTPLimits
    private var state = State.start
    private var lines = LineReader()
    private var skippedEmptyLine = false
    private var startLine: StartLine?
    private var headers = HeaderReader()
    private var body = BodyReader(.none)

    /// A parser before the first request.
    public init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    /// Whether it stands between two requests, with no part of one kept.
    public var isIdle: Bool {
        if case .start = state { return lines.isEmpty }
        return false
    }

    /// Finds the next event in `bytes[position...]` and advances `position` behind it.
    ///
    /// - Returns: Nil when all is consumed; what is incomplete is kept here.
    /// - Throws: ``HTTPError``; nothing more is read afterwards.
    public mutating func next(
        in bytes: Span<UInt8>, at position: inout Int
    ) throws(HTTPError) -> RequestEvent? {
        do {
            return try advance(bytes, &position)
        } catch {
            state = .failed
            throw error
        }
    }

    private mutating func advance(_ bytes: Span<UInt8>, _ position: inout Int) throws(HTTPError)
        -> RequestEvent?
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

    private mutating func read(_ line: Span<UInt8>) throws(HTTPError) -> RequestEvent? {
        if case .headers = state {
            if line.count == 0 { return .head(try finishHead()) }
            try headers.read(line, limits)
            return nil
        }
        if line.count == 0, !skippedEmptyLine {
            // One is forgiven before a request (RFC 9112 §2.2).
            skippedEmptyLine = true
            return nil
        }
        startLine = try StartLine(line)
        state = .headers
        return nil
    }

    private mutating func finishHead() throws(HTTPError) -> HTTPRequestHead {
        // The state says that the start line was read.
        guard let startLine else { throw .invalidStartLine }
        let fields = headers.headers
        headers = HeaderReader()
        skippedEmptyLine = false
        self.startLine = nil
        try startLine.checkHost(fields)
        let kind = try MessageFraming.bodyKind(fields, version: startLine.version, limits: limits) ?? .none
        body = BodyReader(kind)
        state = .body
        return HTTPRequestHead(
            method: startLine.method, target: startLine.target, version: startLine.version, headers: fields,
            bodyKind: kind == .length(0) ? .none : kind)
    }
}
