import Bytes
public import Cryptography

/// A key that verifies tokens, with its one algorithm.
public struct VerificationKey: Sendable {
    private enum Material: Sendable {
        case secret([UInt8])
        case publicKey(PublicKey)
    }

    /// A `kid`'s greatest length in bytes.
    public static let idBytes = 256

    /// Its `kid`, where it has one; a key without answers to every `kid`.
    public let id: String?
    /// What tells it from others, whatever it is called; nil for secrets, which nobody withdraws but by a restart.
    let mark: KeyMark?
    private let material: Material

    /// A secret of HS256.
    public init(secret: [UInt8], id: String? = nil) {
        precondition(secret.count >= TokenVerifier.secretMinimum)
        self.id = id
        mark = nil
        material = .secret(secret)
    }

    /// A public key.
    public init(_ key: PublicKey, id: String? = nil) {
        self.id = id
        mark = KeyMark(key)
        material = .publicKey(key)
    }

    /// What it verifies.
    public var algorithm: TokenAlgorithm {
        switch material {
        case .secret: .hs256
        case .publicKey(let key): .signature(key.algorithm)
        }
    }

    /// Whether the signature over `signed` is this key's.
    func verify(_ signature: Span<UInt8>, of signed: Span<UInt8>) -> Bool {
        switch material {
        case .secret(let secret):
            ConstantTime.equal(HMAC.sha256(key: secret.span, message: signed).span, signature)
        case .publicKey(let key): key.verify(signature, of: signed)
        }
    }
}
