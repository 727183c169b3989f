import Bytes
import Cryptography
import JSON

/// The keys in a JWK Set (RFC 7517 §5) that verify tokens.
enum KeySetDocument {
    /// How many keys one set may have.
    static let keyLimit = 100

    /// Reads a set; keys that are for something else, or of kinds that we do not use, are left out.
    ///
    /// - Throws: ``KeyFetchError`` for what is no set of keys.
    static func keys(_ body: [UInt8]) throws(KeyFetchError) -> [VerificationKey] {
        guard let value = try? JSONValue(parsing: body.span, depthLimit: 8), let list = value["keys"]?.array
        else { throw KeyFetchError("the answer is no JWK Set") }
        guard list.count <= keyLimit else { throw KeyFetchError("the set has more than \(keyLimit) keys") }
        return list.compactMap { key($0) }
    }

    private static func key(_ value: JSONValue) -> VerificationKey? {
        guard value["use"] == nil || value["use"]?.string == "sig", allowsVerifying(value["key_ops"]) else {
            return nil
        }
        // A private key that somebody published signs for everybody: it verifies nothing.
        guard value["d"] == nil, value["k"] == nil else { return nil }
        var id: String?
        if let given = value["kid"] {
            guard let text = given.string, (1...VerificationKey.idBytes).contains(text.utf8.count) else {
                return nil
            }
            id = text
        }
        var algorithm: SignatureAlgorithm?
        if let given = value["alg"] {
            guard let named = given.string.flatMap(SignatureAlgorithm.init(rawValue:)) else { return nil }
            algorithm = named
        }
        guard let key = try? publicKey(value, algorithm) else { return nil }
        return VerificationKey(key, id: id)
    }

    private static func allowsVerifying(_ operations: JSONValue?) -> Bool {
        guard let operations else { return true }
        return operations.array?.contains { $0.string == "verify" } ?? false
    }

    /// A key by its members (RFC 7518 §6, RFC 8037 §2).
    private static func publicKey(
        _ value: JSONValue, _ algorithm: SignatureAlgorithm?
    ) throws(PublicKeyError) -> PublicKey {
        let key: PublicKey
        switch (value["kty"]?.string, value["crv"]?.string) {
        case ("RSA", _):
            key = try PublicKey(
                rsaModulus: try bytes(value, "n"), exponent: try bytes(value, "e"), algorithm: algorithm)
        case ("EC", "P-256"): key = try PublicKey(p256X: try bytes(value, "x"), y: try bytes(value, "y"))
        case ("OKP", "Ed25519"): key = try PublicKey(ed25519: try bytes(value, "x"))
        default: throw .unsupported
        }
        guard algorithm == nil || algorithm == key.algorithm else { throw .anotherAlgorithm }
        return key
    }

    private static func bytes(_ value: JSONValue, _ name: String) throws(PublicKeyError) -> [UInt8] {
        guard let text = value[name]?.string, let bytes = Base64.decodeURL(text.utf8Span.span) else {
            throw .unreadable
        }
        return bytes
    }
}
