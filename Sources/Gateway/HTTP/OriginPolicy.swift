import Bytes
import HTTP

/// Which origins' pages may use the server (RFC 6454): its own, and those that the operator names.
struct OriginPolicy: Sendable {
    private let allowed: Set<String>
    private let allowsAll: Bool

    init(_ origins: [String]) {
        allowed = Set(origins.map { $0.lowercased() })
        allowsAll = origins.contains("*")
    }

    /// Whether a text is an origin as browsers write it (RFC 6454 §6.2), or `*`.
    static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        guard let mark = text.firstRange(of: "://"), mark.lowerBound != text.startIndex else { return false }
        let scheme = text[..<mark.lowerBound]
        let host = String(text[mark.upperBound...])
        // A path, a user or a slash at the end never matches what a browser sends.
        return scheme.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "+-.".utf8.contains($0) } && !host.isEmpty
            && !host.contains("*") && HTTPHost.isValid(host.utf8Span.span)
    }

    /// Whether a request may come from where it says it comes from; programs that name no origin may.
    func admits(_ head: HTTPRequestHead) -> Bool {
        admits(origin: head.headers["origin"], host: head.host)
    }

    /// Whether a page of an origin may send a request to a host; nil is a program that names none.
    func admits(origin: String?, host: String?) -> Bool {
        guard let origin = origin?.lowercased() else { return true }
        return isNamed(origin) || isOwn(origin, host: host)
    }

    /// Whether an origin other than the server's own may read answers.
    func isNamed(_ origin: String) -> Bool { allowsAll || allowed.contains(origin) }

    private func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host = host?.lowercased(), let scheme = origin.firstRange(of: "://") else { return false }
        // A proxy may speak TLS for us, so that the scheme says nothing; the host with its port does.
        return origin[scheme.upperBound...] == host
    }
}
