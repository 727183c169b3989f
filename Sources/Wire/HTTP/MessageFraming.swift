import Bytes

/// Finds out how a message's body ends, and refuses what two readers could take in two ways (RFC 9112 §6).
enum MessageFraming {
    static func bodyKind(
        _ headers: HTTPHeaders, version: HTTPVersion, limits: HTTPLimits
    ) throws(HTTPError) -> BodyKind? {
        let lengths = headers.count(of: "content-length")
        let codings = headers.count(of: "transfer-encoding")
        if let index = headers.firstIndex(of: "transfer-encoding") {
            guard lengths == 0, codings == 1, version == .http11 else { throw .ambiguousLength }
            try checkCoding(headers.valueBytes(at: index))
            return .chunked
        }
        guard let index = headers.firstIndex(of: "content-length") else { return nil }
        guard lengths == 1 else { throw .invalidLength }
        let length = try length(headers.valueBytes(at: index), limits)
        return length == 0 ? BodyKind.none : .length(length)
    }

    /// Only `chunked`, once and alone, is done here.
    private static func checkCoding(_ value: Span<UInt8>) throws(HTTPError) {
        if value.equalsIgnoringCase(lowercase: "chunked") { return }
        let comma = HTTPSyntax.firstIndex(of: UInt8(ascii: ","), in: value, from: 0)
        let first = value.extracting(HTTPSyntax.trimmed(value, 0..<comma))
        // Chunked anywhere but at the end cannot be read by anybody.
        guard HTTPSyntax.isToken(first), !first.equalsIgnoringCase(lowercase: "chunked") else {
            throw .ambiguousLength
        }
        throw .unsupportedTransferCoding
    }

    private static func length(_ value: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPError) -> Int {
        guard value.count > 0 else { throw .invalidLength }
        var length = 0
        for index in 0..<value.count {
            guard ASCII.isDigit(value[index]) else { throw .invalidLength }
            // Saturates: whatever follows, it is too large.
            length = length > Int.max / 20 ? length : length * 10 + Int(value[index] - 0x30)
        }
        guard length <= limits.bodyBytes else { throw .bodyTooLarge }
        return length
    }
}
