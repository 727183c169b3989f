import HTTP

/// Which origins' pages may use the server (RFC 6454): its own, and those that the operator names.
struct OriginPolicy: Sendable {
    private let allowed: Set<String>
    private let allowsAll: Bool

    init(_ origins: [String]) {
        allowed = Set(origins.map { $0.lowercased() })
        allowsAll = origins.contains("*")
    }

    /// Whether a request may come from where it says it comes from; programs that name no origin may.
    func admits(_ head: HTTPRequestHead) -> Bool {
        guard let origin = head.headers["origin"]?.lowercased() else { return true }
        return isNamed(origin) || isOwn(origin, host: head.host)
    }

    /// Whether an origin other than the server's own may read answers.
    func isNamed(_ origin: String) -> Bool { allowsAll || allowed.contains(origin) }

    private func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host = host?.lowercased(), let scheme = origin.firstRange(of: "://") else { return false }
        // A proxy may speak TLS for us, so that the scheme says nothing; the host with its port does.
        return origin[scheme.upperBound...] == host
    }
}
