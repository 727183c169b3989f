import Bytes
import Cryptography
import Identity

/// Verifying tokens of ES256, beside what OpenSSL alone takes for the same signature. Nothing is remembered between two.
enum TokenBench {
    private static let count = 1000

    private static let key = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjlzqPsWozLHq5CdjwDhFxmrXUOgI
        JjQZrgAEtcrlhvEvoLBlzBQA5YME+t92SsFV6K5NNcoQ3wm43hMjGxjQKQ==
        -----END PUBLIC KEY-----

        """
    /// From the protocol's vectors; good until 2100.
    private static let signed =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImstZXMyNTYifQ"
        + ".eyJzdWIiOiJ1X2FubiIsIm5hbWUiOiJBbm4iLCJleHAiOjQxMDI0NDQ4MDB9"
    private static let signature =
        "oPm6A_qMDF2vVmJPB_YBQswAHvij9YdU4wxKlidF7HSkI1iYq_32-ClSz76q1SVd-HXN2I_F_CSWNYvaLRpaaA"

    /// By the server's verifier.
    static func ours() throws -> Cost {
        let issuer = Issuer(.main, keys: [VerificationKey(try PublicKey(pem: key), id: "k-es256")])
        let verifier = TokenVerifier(issuers: [issuer], cacheLimit: 0)
        let token = Array("\(signed).\(signature)".utf8)
        let now = Timestamp.now()
        // Once where a failure is seen.
        _ = try verifier.verify(token.span, now: now)
        return Meter.measure(operations: count) {
            for _ in 0..<count { _ = try? verifier.verify(token.span, now: now) }
        }
    }

    /// By OpenSSL alone.
    static func bare() throws -> Cost {
        let publicKey = try PublicKey(pem: key)
        let message = Array(signed.utf8)
        let bytes = Base64.decodeURL(signature.utf8Span.span) ?? []
        return Meter.measure(operations: count) {
            for _ in 0..<count { _ = publicKey.verify(bytes.span, of: message.span) }
        }
    }
}
