import Bytes

/// What a request asks for (RFC 9110 §9).
public enum HTTPMethod: Hashable, Sendable {
    /// Read.
    case get
    /// Read all but the body.
    case head
    /// Do, or create.
    case post
    /// Create or replace.
    case put
    /// Change in part.
    case patch
    /// Remove.
    case delete
    /// Ask what is allowed.
    case options
    /// Any other method, by its name: a token.
    case other(String)

    /// Reads a method's name.
    ///
    /// - Returns: Nil where it is no token.
    public init?(_ name: Span<UInt8>) {
        if name.equals("GET") {
            self = .get
        } else if name.equals("POST") {
            self = .post
        } else if name.equals("HEAD") {
            self = .head
        } else if name.equals("PUT") {
            self = .put
        } else if name.equals("PATCH") {
            self = .patch
        } else if name.equals("DELETE") {
            self = .delete
        } else if name.equals("OPTIONS") {
            self = .options
        } else {
            guard HTTPSyntax.isToken(name), let text = String(utf8: name) else { return nil }
            self = .other(text)
        }
    }

    /// The name on the wire.
    public var name: String {
        switch self {
        case .get: return "GET"
        case .head: return "HEAD"
        case .post: return "POST"
        case .put: return "PUT"
        case .patch: return "PATCH"
        case .delete: return "DELETE"
        case .options: return "OPTIONS"
        case .other(let name): return name
        }
    }
}
