import Bytes

/// Reads header lines into fields, within bounds.
struct HeaderReader {
    private(set) var headers = HTTPHeaders()
    private var count = 0
    private var byteCount = 0

    /// Reads one line that is not empty.
    mutating func read(_ line: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPError) {
        let (name, value) = try split(line, limits)
        headers.append(name: line.extracting(name), value: line.extracting(value))
    }

    /// Checks a trailer's line and drops it: nothing here reads trailers, and merging them is a hole.
    mutating func skip(_ line: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPError) {
        _ = try split(line, limits)
    }

    /// Counts bytes that cost as much as headers do.
    mutating func charge(_ amount: Int, _ limits: HTTPLimits) throws(HTTPError) {
        byteCount += amount
        guard byteCount <= limits.headerBytes else { throw .headersTooLarge }
    }

    private mutating func split(
        _ line: Span<UInt8>, _ limits: HTTPLimits
    ) throws(HTTPError) -> (name: Range<Int>, value: Range<Int>) {
        count += 1
        guard count <= limits.headerCount else { throw .headersTooLarge }
        try charge(line.count + 2, limits)
        guard !HTTPSyntax.isBlank(line[0]) else { throw .obsoleteFolding }
        var colon = 0
        while colon < line.count, HTTPSyntax.isTokenByte(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            throw .invalidHeaderName
        }
        let value = HTTPSyntax.trimmed(line, colon + 1..<line.count)
        guard HTTPSyntax.isValue(line.extracting(value)) else { throw .invalidHeaderValue }
        return (0..<colon, value)
    }
}
