import HTTP

/// Header fields that every answer carries.
enum ResponseFields {
    /// Adds security fields, the request's id, and what lets named origins' pages read the answer (Fetch, CORS).
    static func complete(
        _ response: inout HTTPResponse, _ head: HTTPRequestHead, _ origins: OriginPolicy, requestID: String
    ) {
        response.headers.set("x-content-type-options", "nosniff")
        response.headers.set("referrer-policy", "no-referrer")
        response.headers.set("x-frame-options", "DENY")
        response.headers.set("cross-origin-opener-policy", "same-origin")
        response.headers.set("x-request-id", requestID)
        if response.headers["content-security-policy"] == nil {
            response.headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        }
        if response.headers["cache-control"] == nil { response.headers.set("cache-control", "no-store") }
        guard let origin = head.headers["origin"] else { return }
        response.headers.append("vary", "Origin")
        guard origins.isNamed(origin.lowercased()) else { return }
        response.headers.set("access-control-allow-origin", origin)
        response.headers.set(
            "access-control-expose-headers", "x-request-id, retry-after, etag, ratelimit, ratelimit-policy")
        guard head.method == .options else { return }
        response.headers.set("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
        response.headers.set("access-control-allow-headers", "authorization, content-type, last-event-id")
        response.headers.set("access-control-max-age", "600")
    }
}
