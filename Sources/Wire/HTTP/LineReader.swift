import Bytes

/// Finds lines that end with CRLF and keeps what an input cut off.
struct LineReader: ~Copyable {
    /// Where a line is, without its end.
    enum Line {
        case input(Range<Int>)
        /// Get it by ``takeHeld()``.
        case held
    }

    private var held = ByteBuffer()

    /// Whether part of a line is kept.
    var isEmpty: Bool { held.isEmpty }

    /// Takes the next line and advances `position` behind it.
    ///
    /// - Returns: Nil when its end is not there yet; then all is kept.
    /// - Throws: `tooLong` for more than `limit` bytes, as soon as they are there.
    mutating func take(
        _ bytes: Span<UInt8>, at position: inout Int, limit: Int, tooLong: HTTPError
    ) throws(HTTPError) -> Line? {
        let start = position
        let end = HTTPSyntax.firstIndex(of: UInt8(ascii: "\n"), in: bytes, from: start)
        // One more than the limit: the CR.
        guard held.count + end - start <= limit + 1 else { throw tooLong }
        guard end < bytes.count else {
            held.append(bytes.extracting(start...))
            position = bytes.count
            return nil
        }
        position = end + 1
        if held.isEmpty {
            guard end > start, bytes[end - 1] == UInt8(ascii: "\r") else { throw .invalidLineEnd }
            return .input(start..<end - 1)
        }
        held.append(bytes.extracting(start..<end))
        guard held.span[held.count - 1] == UInt8(ascii: "\r") else { throw .invalidLineEnd }
        held.truncate(to: held.count - 1)
        return .held
    }

    /// The line that was kept and is whole now.
    mutating func takeHeld() -> ByteBuffer {
        var line = ByteBuffer()
        swap(&line, &held)
        return line
    }
}
