import Bytes
import JSON

/// What counts of a token's header (RFC 7515 §4.1): the algorithm and the key's name.
///
/// Keys and addresses of keys that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
struct TokenHeader {
    let algorithm: TokenAlgorithm
    let keyID: String?

    init(_ bytes: [UInt8]) throws(TokenError) {
        guard let header = try? JSONValue(parsing: bytes.span, depthLimit: 4),
            let name = header["alg"]?.string, let algorithm = TokenAlgorithm(name: name),
            header["crit"] == nil, header["zip"] == nil
        else { throw .invalid }
        if let type = header["typ"], type.string != "JWT" {
            // RFC 7519 §5.1 and RFC 9068 §2.1.
            guard let text = type.string?.lowercased(),
                ["jwt", "at+jwt", "application/at+jwt"].contains(text)
            else { throw .invalid }
        }
        if let id = header["kid"] {
            guard let text = id.string, (1...VerificationKey.idBytes).contains(text.utf8.count) else {
                throw .invalid
            }
            keyID = text
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
    }
}
