import Bytes

/// The first line of a request (RFC 9112 §3).
struct StartLine {
    let method: HTTPMethod
    let target: RequestTarget
    let version: HTTPVersion

    /// Reads `method SP target SP version`, one space each.
    init(_ line: Span<UInt8>) throws(HTTPError) {
        let first = HTTPSyntax.firstIndex(of: 0x20, in: line, from: 0)
        guard first < line.count, let method = HTTPMethod(line.extracting(0..<first)) else {
            throw .invalidStartLine
        }
        let second = HTTPSyntax.firstIndex(of: 0x20, in: line, from: first + 1)
        guard second < line.count else { throw .invalidStartLine }
        version = try StartLine.version(line.extracting((second + 1)...))
        guard method != .other("CONNECT") else { throw .unsupportedMethod }
        self.method = method
        target = try RequestTarget(line.extracting(first + 1..<second), method: method)
    }

    static func version(_ text: Span<UInt8>) throws(HTTPError) -> HTTPVersion {
        if text.equals("HTTP/1.1") { return .http11 }
        if text.equals("HTTP/1.0") { return .http10 }
        guard text.count == 8, text.extracting(0..<5).equals("HTTP/"), ASCII.isDigit(text[5]),
            text[6] == UInt8(ascii: "."), ASCII.isDigit(text[7])
        else { throw .invalidStartLine }
        throw .unsupportedVersion
    }

    /// One host, and a possible one; before 1.1 none may do.
    func checkHost(_ headers: HTTPHeaders) throws(HTTPError) {
        guard let index = headers.firstIndex(of: "host") else {
            guard version == .http10 else { throw .missingHost }
            return
        }
        guard headers.firstIndex(of: "host", from: index + 1) == nil,
            HTTPHost.isValid(headers.valueBytes(at: index))
        else { throw .invalidHost }
    }
}
