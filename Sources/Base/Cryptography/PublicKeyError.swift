/// Why something is no public key that we verify with.
public enum PublicKeyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It is a private key, which has no business at who only verifies.
    case isPrivate
    /// It cannot be read as a key.
    case unreadable
    /// More than one key or certificate is in it.
    case several
    /// An RSA key outside of 2048 to 8192 bits, or with an exponent that no sound key has.
    case weak
    /// An Ed25519 key of small order, for which anybody can make signatures, or one written in a second way.
    case forgeable
    /// A kind or curve that we do not verify with.
    case unsupported
    /// The key is not of the kind that the algorithm takes.
    case anotherAlgorithm

    /// In words that go on from the name of where it came from.
    public var description: String {
        switch self {
        case .isPrivate: "holds a private key: give the public one, and keep this one where tokens are signed"
        case .unreadable: "holds no public key or certificate in PEM that can be read"
        case .several: "holds more than one key: give each a file of its own"
        case .weak: "holds an RSA key that is not 2048 to 8192 bits long with an odd exponent of 3 or more"
        case .forgeable: "holds an Ed25519 key for which anybody can make signatures"
        case .unsupported: "holds a key that is neither RSA, P-256 nor Ed25519"
        case .anotherAlgorithm: "holds a key of another kind than its algorithm needs"
        }
    }
}
