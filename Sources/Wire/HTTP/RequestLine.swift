import Bytes

/// The first line of a request (RFC 9112 §3).
struct RequestLine {
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
        version = try HTTPVersion.read(line.extracting((second + 1)...))
        guard method != .other("CONNECT") else { throw .unsupportedMethod }
        self.method = method
        target = try RequestTarget(line.extracting(first + 1..<second), method: method)
    }
}

extension HTTPRequestHead: ParsedHead {
    static var forgivesEmptyLine: Bool { true }

    static func startLine(_ line: Span<UInt8>) throws(HTTPError) -> RequestLine { try RequestLine(line) }

    init(
        _ line: RequestLine, _ headers: HTTPHeaders, _ limits: HTTPLimits, isAnswerToHead: Bool
    ) throws(HTTPError) {
        try HTTPRequestHead.checkHost(headers, line.version)
        // 1.0 knows no expectations, and ignores them.
        if line.version == .http11,
            headers.values("expect").contains(where: { $0.lowercased() != "100-continue" })
        {
            throw .unsupportedExpectation
        }
        let kind = try MessageFraming.bodyKind(headers, version: line.version, limits: limits)
        self.init(
            method: line.method, target: line.target, version: line.version, headers: headers,
            bodyKind: kind ?? .none)
    }

    /// One host, and a possible one; before 1.1 none may do.
    private static func checkHost(_ headers: HTTPHeaders, _ version: HTTPVersion) throws(HTTPError) {
        guard let index = headers.firstIndex(of: "host") else {
            guard version == .http10 else { throw .missingHost }
            return
        }
        guard headers.firstIndex(of: "host", from: index + 1) == nil,
            HTTPHost.isValid(headers.valueBytes(at: index))
        else { throw .invalidHost }
    }
}
