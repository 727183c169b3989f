import Bytes
import Cryptography
import Identity

private let secret = Array("a-secret-of-fuzzers-0123456789abcdef".utf8)
private let verifier = TokenVerifier(secrets: [secret])
private let now = Timestamp(milliseconds: 1_800_000_000_000)

/// No bytes are a token of ours; header and claims that we sign are believed within their bounds only.
///
/// An input is header, line feed, claims.
public func fuzzTokenVerifier(_ bytes: [UInt8]) {
    require((try? verifier.verify(bytes.span, now: now)) == nil, "nobody guesses a signature")
    if let decoded = Base64.decodeURL(bytes.span) {
        require(Array(Base64.encodeURL(decoded.span).utf8) == bytes, "a token is written in one way only")
    }
    guard let feed = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return }
    let parts = [Array(bytes[..<feed]), Array(bytes[(feed + 1)...])].map { Base64.encodeURL($0.span) }
    let signed = parts.joined(separator: ".")
    let signature = HMAC.sha256(key: secret.span, message: signed.utf8Span.span)
    let token = signed + "." + Base64.encodeURL(signature.span)
    guard let person = try? verifier.verify(token, now: now) else { return }
    require(person.expiresAt.milliseconds + TokenVerifier.leeway > now.milliseconds, "it is not over")
    require(TokenRules.isUser(person.user), "ids keep the rules")
    require(TokenRules.isName(person.name) || person.name == person.user, "names keep the rules")
    require(person.subscribeGrants.count <= TokenRules.patternLimit, "grants are bounded")
    require(person.publishGrants.count <= TokenRules.patternLimit, "grants are bounded")
    require(person.roomRoles.count <= TokenRules.roomLimit, "roles are bounded")
    require(!person.isOperator, "no token makes an operator")
    let forged = token.dropLast() + (token.last == "A" ? "E" : "A")
    require((try? verifier.verify(String(forged), now: now)) == nil, "one other character is a forgery")
}
