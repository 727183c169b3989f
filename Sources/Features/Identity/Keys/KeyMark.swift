import Cryptography

/// Tells a public key from others, whatever it is called: of two fetches the same key has the same one.
public struct KeyMark: Hashable, Sendable {
    private let fingerprint: [UInt8]

    init(_ key: PublicKey) { fingerprint = key.fingerprint }
}
