public import Bytes
import Cryptography
import JSON
import PubSub

/// Why a token is not accepted.
public enum TokenError: Error, Equatable, Sendable {
    /// It is not a token of ours: form, signature, claims.
    case invalid
    /// It was one until its `exp`.
    case expired
}

/// Verifies JSON Web Tokens (RFC 7519) signed with HS256 by one of the configured secrets.
///
/// The algorithm belongs to the key, never to the token; a header with `crit` or another `alg` is refused. Base64url
/// and JSON are read strictly: no padding, no stray bits, no duplicate members.
public struct TokenVerifier: Sendable {
    /// A secret's least length in bytes: HS256 keys are no shorter than the hash (RFC 7518 §3.2).
    public static let secretMinimum = 32
    /// How far clocks may differ, in milliseconds.
    public static let leeway: Int64 = 30_000
    /// A token's greatest length in bytes.
    public static let tokenBytes = 8192

    private let secrets: [[UInt8]]

    /// A verifier with several secrets at once, for rotation.
    public init(secrets: [[UInt8]]) {
        precondition(secrets.allSatisfy { $0.count >= TokenVerifier.secretMinimum })
        self.secrets = secrets
    }

    /// Verifies a token and reads its claims.
    public func verify(_ token: Span<UInt8>, now: Timestamp = .now()) throws(TokenError) -> Principal {
        guard token.count <= TokenVerifier.tokenBytes else { throw .invalid }
        var dots: [Int] = []
        for index in 0..<token.count where token[index] == UInt8(ascii: ".") {
            dots.append(index)
            guard dots.count <= 2 else { throw .invalid }
        }
        guard dots.count == 2 else { throw .invalid }
        guard let header = Base64.decodeURL(token.extracting(0..<dots[0])),
            let claims = Base64.decodeURL(token.extracting((dots[0] + 1)..<dots[1])),
            let signature = Base64.decodeURL(token.extracting((dots[1] + 1)..<token.count))
        else { throw .invalid }
        try checkHeader(header)
        let signed = token.extracting(0..<dots[1])
        let isSigned = secrets.contains { secret in
            ConstantTime.equal(HMAC.sha256(key: secret.span, message: signed).span, signature.span)
        }
        guard isSigned else { throw .invalid }
        return try Claims(claims).principal(now: now)
    }

    /// Verifies a token given as text.
    public func verify(_ token: String, now: Timestamp = .now()) throws(TokenError) -> Principal {
        try verify(token.utf8Span.span, now: now)
    }

    private func checkHeader(_ header: [UInt8]) throws(TokenError) {
        do {
            let header = try JSONValue(parsing: header.span, depthLimit: 4)
            guard header["alg"]?.string == "HS256", header["crit"] == nil, header["zip"] == nil else {
                throw TokenError.invalid
            }
            if let type = header["typ"] {
                guard type.string?.uppercased() == "JWT" else { throw TokenError.invalid }
            }
        } catch {
            throw .invalid
        }
    }
}

/// The claims of a token whose signature is good.
private struct Claims {
    private let claims: JSONValue

    init(_ bytes: [UInt8]) throws(TokenError) {
        do {
            claims = try JSONValue(parsing: bytes.span, depthLimit: 8)
        } catch {
            throw .invalid
        }
    }

    func principal(now: Timestamp) throws(TokenError) -> Principal {
        let expiry = try seconds("exp", isRequired: true)
        guard expiry + TokenVerifier.leeway > now.milliseconds else { throw .expired }
        guard try seconds("nbf", isRequired: false) <= now.milliseconds + TokenVerifier.leeway else {
            throw .invalid
        }
        guard let user = claims["sub"]?.string, TokenRules.isUser(user) else { throw .invalid }
        let name = try name() ?? user
        let grants = claims["channels"]
        return Principal(
            user: user, name: name, tenant: "default", isBot: claims["bot"]?.bool ?? false,
            isDev: claims["dev"]?.bool ?? false, mayReadMetrics: claims["metrics"]?.bool ?? false,
            expiresAt: Timestamp(milliseconds: expiry),
            subscribeGrants: try patterns(grants, "subscribe"),
            publishGrants: try patterns(grants, "publish"), roomRoles: try roles())
    }

    private func seconds(_ name: String, isRequired: Bool) throws(TokenError) -> Int64 {
        guard let value = claims[name] else {
            if isRequired { throw .invalid }
            return 0
        }
        // NumericDate may have a fraction (RFC 7519 §2).
        guard let number = value.double, number >= 0, number < 1e12 else { throw .invalid }
        return Int64(number * 1000)
    }

    private func name() throws(TokenError) -> String? {
        guard let value = claims["name"] else { return nil }
        guard let text = value.string, TokenRules.isName(text) else { throw .invalid }
        return text
    }

    private func patterns(_ grants: JSONValue?, _ name: String) throws(TokenError) -> [ChannelPattern] {
        guard let list = grants?[name] else { return [] }
        guard let items = list.array, items.count <= TokenRules.patternLimit else { throw .invalid }
        var patterns: [ChannelPattern] = []
        patterns.reserveCapacity(items.count)
        for item in items {
            guard let text = item.string, TokenRules.isGrant(text) else { throw .invalid }
            patterns.append(ChannelPattern(text))
        }
        return patterns
    }

    private func roles() throws(TokenError) -> [String: String] {
        guard let rooms = claims["rooms"] else { return [:] }
        guard let members = rooms.object, members.count <= TokenRules.roomLimit else { throw .invalid }
        var roles: [String: String] = [:]
        for member in members {
            guard let role = member.value.string, TokenRules.roles.contains(role) else {
                throw .invalid
            }
            roles[member.name] = role
        }
        return roles
    }
}
