public import Bytes
import Cryptography
import JSON

/// Signs tokens as ``TokenVerifier`` takes them: for `stoa token`, and for people who try a server with `--dev`.
public struct TokenSigner: Sendable {
    private let secret: [UInt8]
    private let issuer: String?

    /// A signer with the first of the configured secrets, as the operator's own site is one.
    public init(secret: [UInt8]) {
        self.secret = secret
        issuer = nil
    }

    /// A signer of the server's own tokens, with a key that it derives from the first of the configured secrets.
    public init(ownFrom secret: [UInt8]) {
        self.secret = OwnTokens.key(from: secret)
        issuer = OwnTokens.issuer
    }

    /// What a token says.
    public struct Grant: Sendable {
        /// The person's id.
        public var user: String
        /// The person's name.
        public var name: String
        /// When it runs out.
        public var expiresAt: Timestamp
        /// When it is signed.
        public var issuedAt = Timestamp.now()
        /// The sign-in that it follows from, for the server's own tokens.
        public var signIn: String?
        /// Whose data the person belongs to, for the server's own tokens.
        public var tenant: String?
        /// The token's own id, by which it can be taken back alone.
        public var tokenID: String?
        /// Whether it is for a program.
        public var isBot = false
        /// Topics that may be subscribed.
        public var subscribe: [String] = []
        /// Topics that may be published to.
        public var publish: [String] = []
        /// Roles by room.
        public var rooms: [String: String] = [:]
        /// Whether it is for somebody who tries a server with `--dev`.
        public var isDev = false
        /// Whether it lets its holder read the server's metrics.
        public var mayReadMetrics = false
        /// How many requests its holder may make; nil leaves that to the server.
        public var tier: RequestTier?

        /// A grant for a person.
        public init(user: String, name: String, expiresAt: Timestamp) {
            self.user = user
            self.name = name
            self.expiresAt = expiresAt
        }
    }

    private static func seconds(_ time: Timestamp) -> String {
        let fraction = String(time.milliseconds % 1000 + 1000).dropFirst()
        return "\(time.milliseconds / 1000).\(fraction)"
    }

    /// Signs a token with HS256.
    public func sign(_ grant: Grant) -> String {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        if let issuer { writer.field("iss", issuer) }
        writer.field("sub", grant.user)
        writer.field("name", grant.name)
        // In milliseconds, as NumericDate may be: what was taken back a moment before is another token.
        writer.key("iat")
        writer.raw(TokenSigner.seconds(grant.issuedAt).utf8Span.span)
        writer.field("exp", grant.expiresAt.milliseconds / 1000)
        if let signIn = grant.signIn { writer.field("sid", signIn) }
        if let tenant = grant.tenant, tenant != "default" { writer.field("tenant", tenant) }
        if let id = grant.tokenID { writer.field("jti", id) }
        if grant.isBot { writer.field("bot", true) }
        if grant.mayReadMetrics { writer.field("metrics", true) }
        if let tier = grant.tier { writer.field("tier", tier.rawValue) }
        if grant.isDev { writer.field("dev", true) }
        if !grant.subscribe.isEmpty || !grant.publish.isEmpty {
            writer.key("channels")
            writer.beginObject()
            writer.list("subscribe", grant.subscribe)
            writer.list("publish", grant.publish)
            writer.endObject()
        }
        if !grant.rooms.isEmpty {
            writer.key("rooms")
            writer.beginObject()
            for (room, role) in grant.rooms.sorted(by: { $0.key < $1.key }) {
                writer.key(dynamic: room)
                writer.value(role)
            }
            writer.endObject()
        }
        writer.endObject()
        let header = Base64.encodeURL(#"{"alg":"HS256","typ":"JWT"}"#.utf8Span.span)
        let signed = header + "." + Base64.encodeURL(writer.span)
        let signature = HMAC.sha256(key: secret.span, message: signed.utf8Span.span)
        return signed + "." + Base64.encodeURL(signature.span)
    }
}

extension JSONWriter {
    /// Writes a member with a list of texts.
    mutating func list(_ name: StaticString, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }
}
