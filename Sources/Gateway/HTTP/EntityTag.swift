import Bytes
import Cryptography
import HTTP

/// What tells a representation from others of the same address (RFC 9110 §8.8.3): half of its digest.
struct EntityTag {
    /// As the field `ETag` has it.
    let text: String

    /// - Parameter variant: Tells the same bytes in another coding from these.
    init(of bytes: Span<UInt8>, variant: String = "") {
        let digest = Digest.sha256(bytes)
        text = "\"\(Base64.encodeURL(digest.span.extracting(0..<12)))\(variant)\""
    }

    /// Whether a client has it already (RFC 9110 §13.1.2).
    func isKnown(by headers: HTTPHeaders) -> Bool {
        headers.values("if-none-match").contains { $0 == "*" || $0.contains(text) }
    }
}
