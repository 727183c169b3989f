public import Bytes
import Cryptography
public import HTTP

/// How what goes to the owner's own services is signed, so that they know whose word it is and how old.
public enum WebhookSignature {
    /// Signs a body.
    ///
    /// `X-Stoa-Timestamp` is the time in Unix milliseconds; `X-Stoa-Signature` is `v1=` and, in hexadecimal,
    /// HMAC-SHA256 of the time, a full stop and the body.
    public static func sign(
        _ body: [UInt8], secret: [UInt8], at now: Timestamp, in headers: inout HTTPHeaders
    ) {
        let time = String(now.milliseconds)
        let signed = Array((time + ".").utf8) + body
        headers.set("content-type", "application/json")
        headers.set("x-stoa-timestamp", time)
        headers.set(
            "x-stoa-signature", "v1=" + Hex.encode(HMAC.sha256(key: secret.span, message: signed.span).span))
    }
}
