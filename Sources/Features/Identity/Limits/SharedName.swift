import Bytes
import Cryptography

/// What something of somebody is called where all processes have it in common.
public enum SharedName {
    /// A name of bounded length whatever the key is, which tells nobody's address.
    ///
    /// - Parameters:
    ///   - kind: Of what.
    ///   - key: Whose.
    public static func of(_ kind: String, _ key: String) -> String {
        let hash = Digest.sha256(key.utf8Span.span)
        return "\(kind):\(Hex.encode(hash.span.extracting(first: 16)))"
    }
}
