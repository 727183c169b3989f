import Bytes
import Identity

/// Tokens for the people of a run.
struct Tokens: Sendable {
    private let signer: TokenSigner
    private let expiry: Timestamp

    init(secret: String) {
        signer = TokenSigner(secret: [UInt8](secret.utf8))
        expiry = Timestamp(milliseconds: Timestamp.now().milliseconds + 86_400_000)
    }

    func make(_ seat: Seat) -> String {
        make(user: "u_\(seat.person)", name: "Person \(seat.person)")
    }

    func make(user: String, name: String) -> String {
        var grant = TokenSigner.Grant(user: user, name: name, expiresAt: expiry)
        grant.subscribe = ["topic:*"]
        grant.publish = ["topic:*"]
        return signer.sign(grant)
    }
}
