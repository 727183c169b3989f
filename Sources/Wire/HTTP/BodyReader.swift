import Bytes

/// Finds the pieces of a body in the input (RFC 9112 §6, §7.1).
struct BodyReader {
    /// What was found.
    enum Step {
        case data(Range<Int>)
        case end
    }

    private enum State {
        case length(Int)
        case untilClose
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers
    }

    private var state: State
    private var received = 0
    // Counts extensions and trailers against the bounds of headers.
    private var overhead = HeaderReader()

    init(_ kind: BodyKind) {
        switch kind {
        case .none: state = .length(0)
        case .length(let length): state = .length(length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the end of the connection is a proper end of the body.
    var endsAtClose: Bool {
        if case .untilClose = state { return true }
        return false
    }

    /// - Returns: Nil when more input is needed.
    mutating func next(
        _ bytes: Span<UInt8>, at position: inout Int, _ lines: inout LineReader, _ limits: HTTPLimits
    ) throws(HTTPError) -> Step? {
        while true {
            switch state {
            case .length(0): return .end
            case .length(let left):
                guard let range = take(left, bytes, &position) else { return nil }
                state = .length(left - range.count)
                return .data(range)
            case .untilClose:
                guard let range = take(.max, bytes, &position) else { return nil }
                received += range.count
                guard received <= limits.bodyBytes else { throw .bodyTooLarge }
                return .data(range)
            case .chunk(let left):
                guard let range = take(left, bytes, &position) else { return nil }
                state = left == range.count ? .chunkEnd : .chunk(left - range.count)
                return .data(range)
            case .chunkSize, .chunkEnd, .trailers:
                let (limit, tooLong) = lineLimit(limits)
                switch try lines.take(bytes, at: &position, limit: limit, tooLong: tooLong) {
                case nil: return nil
                case .input(let range): if try read(bytes.extracting(range), limits) { return .end }
                case .held:
                    let line = lines.takeHeld()
                    if try read(line.span, limits) { return .end }
                }
            }
        }
    }

    private func lineLimit(_ limits: HTTPLimits) -> (Int, HTTPError) {
        if case .trailers = state { return (limits.lineBytes, .headersTooLarge) }
        // A size and some extension that nobody uses.
        return (256, .invalidChunk)
    }

    private func take(_ left: Int, _ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let range = position..<position + min(left, bytes.count - position)
        position = range.upperBound
        return range
    }

    /// - Returns: Whether the body ended.
    private mutating func read(_ line: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPError) -> Bool {
        switch state {
        case .chunkSize:
            let size = try chunkSize(line, limits)
            state = size == 0 ? .trailers : .chunk(size)
        case .chunkEnd:
            guard line.count == 0 else { throw .invalidChunk }
            state = .chunkSize
        default:
            if line.count == 0 {
                state = .length(0)
                return true
            }
            try overhead.skip(line, limits)
        }
        return false
    }

    private mutating func chunkSize(_ line: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPError) -> Int {
        var size = 0
        var index = 0
        while index < line.count, let digit = ASCII.hexValue(line[index]) {
            // Sixteen digits, leading zeros and all: more has no honest use.
            guard index < 16 else { throw .invalidChunk }
            size = size > Int.max >> 5 ? Int.max >> 4 : size << 4 | Int(digit)
            index += 1
        }
        guard index > 0 else { throw .invalidChunk }
        if index < line.count {
            let rest = line.extracting(index...)
            guard rest[0] == UInt8(ascii: ";"), HTTPSyntax.isValue(rest) else { throw .invalidChunk }
            try overhead.charge(rest.count, limits)
        }
        received += size
        guard size <= limits.bodyBytes, received <= limits.bodyBytes else { throw .bodyTooLarge }
        return size
    }
}
