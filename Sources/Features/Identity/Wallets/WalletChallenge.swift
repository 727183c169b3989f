public import Bytes
import Cryptography

/// What the server asks a wallet to sign, and for whom; each is good for one signature.
public struct WalletChallenge: Sendable {
    /// What the signature is to do.
    public let purpose: WalletPurpose
    /// The wallet's ledger.
    public let chain: WalletChain
    /// The wallet, where the client has said which one it will be.
    public let address: String?
    /// Who asked.
    public let visitor: WalletVisitor
    /// When it is over.
    public let expiresAt: Timestamp
    private let fields: SignInMessage

    /// What finds it: 160 random bits.
    public let nonce: String

    /// A new challenge.
    init(
        _ purpose: WalletPurpose, _ chain: WalletChain, address: String?, visitor: WalletVisitor,
        settings: WalletSettings, now: Timestamp
    ) {
        self.purpose = purpose
        self.chain = chain
        self.address = address
        self.visitor = visitor
        expiresAt = Timestamp(milliseconds: now.milliseconds + settings.lifetimeMilliseconds)
        let random = RandomBytes.make(20)
        nonce = Hex.encode(random.span)
        let domain = visitor.origin.firstRange(of: "://").map { String(visitor.origin[$0.upperBound...]) }
        var message = SignInMessage(domain: domain ?? visitor.origin, address: "")
        message.values = [
            .statement: WalletChallenge.statement(purpose, settings), .uri: visitor.origin, .version: "1",
            .chainID: settings.networks[chain] ?? "", .nonce: nonce, .issuedAt: DateTime.text(now),
            .expirationTime: DateTime.text(expiresAt), .requestID: Identifier.short("c"),
        ]
        message.resources = settings.resources.isEmpty ? nil : settings.resources
        fields = message
    }

    private static func statement(_ purpose: WalletPurpose, _ settings: WalletSettings) -> String {
        switch purpose {
        case .signIn: settings.statement
        case .link: "Add this wallet to the account that you are signed in to. This moves no funds."
        case .unlink: "Remove a wallet from the account that you are signed in to. This moves no funds."
        }
    }

    /// The message that a wallet is to sign.
    public func message(for address: String) -> SignInMessage {
        var message = fields
        message.address = address
        return message
    }

    /// Its text; nil while nobody knows for which wallet.
    public var text: String? { address.map { message(for: $0).text(for: chain) } }
}
