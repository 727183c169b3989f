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

    /// - Parameter topics: Whether the person uses topics: rooms need no grant.
    func make(_ seat: Seat, topics: Bool) -> String {
        make(user: "u_\(seat.person)", name: "Person \(seat.person)", topics: topics)
    }

    func make(user: String, name: String, topics: Bool = false, publish: [String] = []) -> String {
        var grant = TokenSigner.Grant(user: user, name: name, expiresAt: expiry)
        grant.publish = publish
        if topics {
            grant.subscribe = ["topic:*"]
            grant.publish = ["topic:*"]
        }
        return signer.sign(grant)
    }
}
