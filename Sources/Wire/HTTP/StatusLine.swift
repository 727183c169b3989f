import Bytes

/// The first line of a response (RFC 9112 §4).
struct StatusLine {
    let version: HTTPVersion
    let status: HTTPStatus

    /// Reads `version SP code SP reason`; the reason may be missing with its space.
    init(_ line: Span<UInt8>) throws(HTTPError) {
        guard line.count >= 12, line[8] == 0x20, line.count == 12 || line[12] == 0x20 else {
            throw .invalidStartLine
        }
        version = try HTTPVersion.read(line.extracting(0..<8))
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
}

extension HTTPResponseHead: ParsedHead {
    static var forgivesEmptyLine: Bool { false }

    static func startLine(_ line: Span<UInt8>) throws(HTTPError) -> StatusLine { try StatusLine(line) }

    init(
        _ line: StatusLine, _ headers: HTTPHeaders, _ limits: HTTPLimits, isAnswerToHead: Bool
    ) throws(HTTPError) {
        var kind = BodyKind.none
        if !line.status.hasNoBody, !isAnswerToHead {
            kind = try MessageFraming.bodyKind(headers, version: line.version, limits: limits) ?? .untilClose
        }
        self.init(status: line.status, version: line.version, headers: headers, bodyKind: kind)
    }
}
