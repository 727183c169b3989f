import Bytes

/// The three parts of a token in its compact form (RFC 7515 §7.1), decoded but not judged.
struct TokenParts {
    let header: [UInt8]
    let claims: [UInt8]
    let signature: [UInt8]
    /// How many bytes of the token, from its start, are signed.
    let signedCount: Int

    init(_ token: Span<UInt8>) throws(TokenError) {
        guard token.count <= TokenVerifier.tokenBytes else { throw .invalid }
        var first = -1
        var second = -1
        for index in 0..<token.count where token[index] == UInt8(ascii: ".") {
            guard second < 0 else { throw .invalid }
            if first < 0 { first = index } else { second = index }
        }
        guard second >= 0, let header = Base64.decodeURL(token.extracting(0..<first)),
            let claims = Base64.decodeURL(token.extracting((first + 1)..<second)),
            let signature = Base64.decodeURL(token.extracting((second + 1)..<token.count))
        else { throw .invalid }
        self.header = header
        self.claims = claims
        self.signature = signature
        signedCount = second
    }
}
