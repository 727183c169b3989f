import Bytes
import Cryptography

/// The code of a mail: six digits, each number as likely as any other.
public enum EmailCode {
    /// Makes one.
    public static func make() -> String {
        while true {
            let number = RandomBytes.make(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            // The greatest multiple of a million in 32 bits: beyond it small numbers would come more often.
            guard number < 4_294_000_000 else { continue }
            return String(String(1_000_000 + number % 1_000_000).dropFirst())
        }
    }

    /// Whether a text has a code's form.
    public static func isWhole(_ text: String) -> Bool {
        text.utf8.count == 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// What is kept of a code: a hash with a key, since of a million codes a bare hash would be guessed at once.
    static func hash(_ code: String, of address: EmailAddress, tenant: String, key: [UInt8]) -> String {
        let message = "\(tenant)\n\(address.text)\n\(code)"
        return Hex.encode(HMAC.sha256(key: key.span, message: message.utf8Span.span).span)
    }

    /// The key for such hashes, from one of the server's secrets.
    public static func key(from secret: [UInt8]) -> [UInt8] {
        HMAC.sha256(key: secret.span, message: "stoa: codes sent by e-mail".utf8Span.span)
    }
}
