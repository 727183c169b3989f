public import Bytes
import Cryptography
import JSON

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

extension WalletChallenge {
    /// As another process reads it.
    var encoded: [UInt8] {
        var writer = JSONWriter(capacity: 768)
        writer.beginObject()
        writer.field("purpose", purpose.rawValue)
        writer.field("chain", chain.rawValue)
        if let address { writer.field("address", address) }
        writer.field("origin", visitor.origin)
        writer.field("client", visitor.client)
        if let person = visitor.person { writer.field("person", person) }
        writer.field("tenant", visitor.tenant)
        writer.field("expires_at", expiresAt.milliseconds)
        writer.field("nonce", nonce)
        writer.field("domain", fields.domain)
        writer.key("values")
        writer.beginObject()
        for (field, value) in fields.values {
            writer.key(dynamic: field.rawValue)
            writer.value(value)
        }
        writer.endObject()
        if let resources = fields.resources {
            writer.key("resources")
            writer.beginArray()
            for resource in resources { writer.value(resource) }
            writer.endArray()
        }
        writer.endObject()
        return [UInt8](writer.span)
    }

    /// Reads what another process has encoded; nil for anything else.
    init?(encoded bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes.span),
            let purpose = json["purpose"]?.string.flatMap(WalletPurpose.init),
            let chain = json["chain"]?.string.flatMap(WalletChain.init),
            let origin = json["origin"]?.string, let client = json["client"]?.string,
            let tenant = json["tenant"]?.string, let end = json["expires_at"]?.integer,
            let nonce = json["nonce"]?.string, let domain = json["domain"]?.string
        else { return nil }
        self.purpose = purpose
        self.chain = chain
        address = json["address"]?.string
        visitor = WalletVisitor(
            origin: origin, client: client, person: json["person"]?.string, tenant: tenant)
        expiresAt = Timestamp(milliseconds: end)
        self.nonce = nonce
        var message = SignInMessage(domain: domain, address: "")
        for member in json["values"]?.object ?? [] {
            guard let field = SignInMessage.Field(rawValue: member.name), let value = member.value.string
            else { return nil }
            message.values[field] = value
        }
        message.resources = json["resources"]?.array?.compactMap(\.string)
        fields = message
    }
}
