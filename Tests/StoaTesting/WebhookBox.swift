import Bytes
import Cryptography
import Foundation
import JSON

/// What a fixture was posted by webhooks.
public struct WebhookBox: Sendable {
    /// The secret that signs it.
    public static let secret = "webhook-secret-0123456789-0123456789"

    private let hook: FixtureServer

    /// The box of a fixture.
    public init(_ hook: FixtureServer) { self.hook = hook }

    private var posts: [(head: [String], body: String)] {
        hook.requests.compactMap { request in
            let parts = request.components(separatedBy: "\r\n\r\n")
            return parts.count == 2 ? (parts[0].components(separatedBy: "\r\n"), parts[1]) : nil
        }
    }

    /// The deliveries, whatever they were answered.
    public func bodies() throws -> [JSONValue] { try posts.map { try JSONValue(parsing: $0.body) } }

    /// The events in the order in which they came, from a delivery on.
    public func events(from first: Int = 0) throws -> [JSONValue] {
        try bodies().dropFirst(first).flatMap { $0["events"]?.array ?? [] }
    }

    /// Whether all are signed as they should be.
    public func areSigned() throws -> Bool {
        posts.allSatisfy { head, body in
            guard let time = WebhookBox.field("x-stoa-timestamp", head) else { return false }
            let signed = "\(time).\(body)"
            let signature = HMAC.sha256(
                key: WebhookBox.secret.utf8Span.span, message: signed.utf8Span.span)
            return WebhookBox.field("x-stoa-signature", head) == "v1=" + Hex.encode(signature.span)
        }
    }

    private static func field(_ name: String, _ head: [String]) -> String? {
        head.first { $0.lowercased().hasPrefix(name + ":") }.map {
            String($0.drop { $0 != " " }.dropFirst())
        }
    }
}
