import Bytes

/// What a parser found in a peer's bytes.
public enum MessageEvent<Head: Equatable & Sendable>: Equatable, Sendable {
    /// A message begins.
    case head(Head)
    /// The next bytes of its body, as a range of the input.
    case body(Range<Int>)
    /// It is whole; another may follow.
    case end
}

/// What requests and responses differ in, to a parser.
protocol ParsedHead: Equatable, Sendable {
    associatedtype StartLine

    /// Whether an empty line may stand before the first one (RFC 9112 §2.2).
    static var forgivesEmptyLine: Bool { get }

    var bodyKind: BodyKind { get }

    /// Reads the first line.
    static func startLine(_ line: Span<UInt8>) throws(HTTPError) -> StartLine

    /// Puts the head together and finds out how the body ends.
    ///
    /// - Parameter isAnswerToHead: For responses: no body comes, whatever the fields say.
    init(_ start: StartLine, _ headers: HTTPHeaders, _ limits: HTTPLimits, isAnswerToHead: Bool)
        throws(HTTPError)
}

/// Reads messages (RFC 9112) from a stream that is cut anywhere.
struct MessageParser<Head: ParsedHead>: ~Copyable {
    private enum State {
        case start
        case headers(Head.StartLine)
        case body
        case failed
    }

    private let limits: HTTPLimits
    private var state = State.start
    private var lines = LineReader()
    private var hasSkippedLine = false
    private var headers = HeaderReader()
    private var body = BodyReader(.none)
    var isAnswerToHead = false

    init(limits: HTTPLimits) { self.limits = limits }

    /// Whether it stands between two messages, with no part of one kept.
    var isIdle: Bool {
        if case .start = state { return lines.isEmpty }
        return false
    }

    /// Finds the next event in `bytes[position...]` and advances `position` behind it.
    mutating func next(
        in bytes: Span<UInt8>, at position: inout Int
    ) throws(HTTPError) -> MessageEvent<Head>? {
        do {
            return try advance(bytes, &position)
        } catch {
            state = .failed
            throw error
        }
    }

    /// Takes note that the peer closed.
    ///
    /// - Returns: Whether that ended a message properly.
    mutating func close() -> Bool {
        guard case .body = state, body.endsAtClose else { return false }
        state = .failed
        return true
    }

    private mutating func advance(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(HTTPError) -> MessageEvent<Head>? {
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
                switch try lines.take(bytes, at: &position, limit: limits.lineBytes, tooLong: tooLong) {
                case nil: return nil
                case .input(let range):
                    if let head = try read(bytes.extracting(range)) { return .head(head) }
                case .held:
                    let line = lines.takeHeld()
                    if let head = try read(line.span) { return .head(head) }
                }
            }
        }
    }

    private var tooLong: HTTPError {
        if case .start = state { return .startLineTooLong }
        return .headersTooLarge
    }

    /// - Returns: The head when this was its last line.
    private mutating func read(_ line: Span<UInt8>) throws(HTTPError) -> Head? {
        if case .headers(let start) = state {
            guard line.count == 0 else {
                try headers.read(line, limits)
                return nil
            }
            return try finish(start)
        }
        if line.count == 0, Head.forgivesEmptyLine, !hasSkippedLine {
            hasSkippedLine = true
        } else {
            state = .headers(try Head.startLine(line))
        }
        return nil
    }

    private mutating func finish(_ start: Head.StartLine) throws(HTTPError) -> Head {
        let head = try Head(start, headers.headers, limits, isAnswerToHead: isAnswerToHead)
        headers = HeaderReader()
        hasSkippedLine = false
        body = BodyReader(head.bodyKind)
        state = .body
        return head
    }
}
