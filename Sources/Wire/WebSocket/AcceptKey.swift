import Bytes
import Cryptography

/// The proof that a server understood a client's handshake (RFC 6455 §4.2.2).
enum AcceptKey {
    /// The answer to a key.
    static func make(for key: String) -> String {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        let digest = Digest.sha1(text.utf8Span.span)
        return Base64.encode(digest.span)
    }

    /// Whether it is what a client may send: 16 bytes in Base64.
    static func isValid(_ key: Span<UInt8>) -> Bool { Base64.decode(key)?.count == 16 }
}
