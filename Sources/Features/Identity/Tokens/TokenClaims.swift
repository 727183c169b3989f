import Bytes
import JSON
import PubSub

/// The claims of a token (RFC 7519 §4), typed and bounded.
struct TokenClaims {
    private let claims: JSONValue
    /// Who says that it signed the token; believed when its key says so too.
    let issuer: String?

    init(_ bytes: [UInt8]) throws(TokenError) {
        guard let value = try? JSONValue(parsing: bytes.span, depthLimit: 8), value.object != nil else {
            throw .invalid
        }
        claims = value
        issuer = try TokenClaims.text(value, "iss", 1...1024)
    }

    /// Who a token speaks for whose signature is the issuer's.
    ///
    /// - Parameter namespaces: What begins the ids of named issuers' people.
    func principal(
        _ issuer: Issuer, signedBy signer: KeyMark?, namespaces: [String], now: Timestamp
    ) throws(TokenError) -> Principal {
        guard issuer.issuer == nil || issuer.issuer == self.issuer else { throw .invalid }
        try checkAudience(issuer.audience)
        let expiry = try checkTimes(now)
        let isOurs = issuer.kind == .ourselves
        let isNamed = if case .named = issuer.kind { true } else { false }
        let (user, subject) = try user(issuer, namespaces)
        let grants = claims["channels"]
        if let grants, grants.object == nil { throw .invalid }
        let isDev = try flag("dev")
        let mayReadMetrics = try flag("metrics")
        return Principal(
            user: user, name: try text("name", where: TokenRules.isName) ?? subject,
            tenant: try tenant(issuer), isBot: try flag("bot"), isDev: isOurs && isDev,
            mayReadMetrics: mayReadMetrics && !isNamed, expiresAt: Timestamp(milliseconds: expiry),
            subscribeGrants: try patterns(grants, "subscribe"),
            publishGrants: try patterns(grants, "publish"),
            roomRoles: try roles(), issuer: issuer.name,
            tokenID: try tokenID(isOurs),
            issuedAt: try seconds("iat").map { Timestamp(milliseconds: $0) },
            // What somebody pays for is between them and us: another issuer does not say it.
            tier: isNamed ? nil : try tier(), signedBy: signer)
    }

    // MARK: Who

    private func user(_ issuer: Issuer, _ namespaces: [String]) throws(TokenError) -> (String, String) {
        guard let subject = claims["sub"]?.string, TokenRules.isUser(subject) else { throw .invalid }
        switch issuer.kind {
        case .ourselves: return (subject, subject)
        case .named(let name):
            let user = name + ":" + subject
            guard TokenRules.isUser(user) else { throw .invalid }
            return (user, subject)
        case .main:
            // Nobody outside speaks for people whom the server made, or whom another issuer vouches for.
            guard !TokenRules.isReserved(subject), !namespaces.contains(where: subject.hasPrefix) else {
                throw .invalid
            }
            return (subject, subject)
        }
    }

    /// What a token is taken back by: its own id, or of our own tokens the sign-in's.
    private func tokenID(_ isOurs: Bool) throws(TokenError) -> String? {
        let own = try TokenClaims.text(claims, "jti", 1...TokenRules.tokenIDBytes)
        guard isOurs else { return own }
        return try TokenClaims.text(claims, "sid", 1...TokenRules.tokenIDBytes) ?? own
    }

    private func tenant(_ issuer: Issuer) throws(TokenError) -> String {
        if issuer.kind == .ourselves {
            return try text("tenant", where: TokenRules.isUser) ?? issuer.tenant
        }
        guard let claim = issuer.tenantClaim else { return issuer.tenant }
        guard let tenant = try text(claim, where: TokenRules.isUser) else { throw .invalid }
        return tenant
    }

    private func checkAudience(_ audience: String?) throws(TokenError) {
        guard let value = claims["aud"] else {
            guard audience == nil else { throw .invalid }
            return
        }
        let all = value.array ?? [value]
        guard all.count <= 32, all.allSatisfy({ $0.string != nil }) else { throw .invalid }
        guard audience == nil || all.contains(where: { $0.string == audience }) else { throw .invalid }
    }

    // MARK: When

    /// Judges the three times.
    ///
    /// - Returns: When the token runs out, in milliseconds.
    private func checkTimes(_ now: Timestamp) throws(TokenError) -> Int64 {
        guard let expiry = try seconds("exp") else { throw .invalid }
        let latest = now.milliseconds + TokenVerifier.leeway
        let start = max(try seconds("nbf") ?? 0, try seconds("iat") ?? 0)
        guard start <= latest else { throw .invalid }
        guard expiry + TokenVerifier.leeway > now.milliseconds else { throw .expired }
        return expiry
    }

    private func seconds(_ name: String) throws(TokenError) -> Int64? {
        guard let value = claims[name] else { return nil }
        // NumericDate may have a fraction (RFC 7519 §2).
        guard let number = value.double, number >= 0, number < 1e12 else { throw .invalid }
        return Int64(number * 1000)
    }

    // MARK: What

    private func flag(_ name: String) throws(TokenError) -> Bool {
        guard let value = claims[name] else { return false }
        guard let truth = value.bool else { throw .invalid }
        return truth
    }

    private func text(_ name: String, where isGood: (String) -> Bool) throws(TokenError) -> String? {
        guard let value = claims[name] else { return nil }
        guard let text = value.string, isGood(text) else { throw .invalid }
        return text
    }

    private static func text(
        _ claims: JSONValue, _ name: String, _ bytes: ClosedRange<Int>
    ) throws(TokenError) -> String? {
        guard let value = claims[name] else { return nil }
        guard let text = value.string, bytes.contains(text.utf8.count) else { throw .invalid }
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

    private func tier() throws(TokenError) -> RequestTier? {
        try text("tier") { RequestTier(rawValue: $0) != nil }.flatMap { RequestTier(rawValue: $0) }
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
