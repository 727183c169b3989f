import Bytes

/// The versions that are spoken here.
public enum HTTPVersion: Equatable, Sendable {
    /// One request per connection unless both sides ask for more.
    case http10
    /// Persistent connections, chunked bodies.
    case http11
}

extension HTTPVersion {
    /// Reads a version as first lines have it (RFC 9112 §2.3).
    static func read(_ text: Span<UInt8>) throws(HTTPError) -> HTTPVersion {
        if text.equals("HTTP/1.1") { return .http11 }
        if text.equals("HTTP/1.0") { return .http10 }
        guard text.count == 8, text.extracting(0..<5).equals("HTTP/"), ASCII.isDigit(text[5]),
            text[6] == UInt8(ascii: "."), ASCII.isDigit(text[7])
        else { throw .invalidStartLine }
        throw .unsupportedVersion
    }
}
