import HTTP

/// Files that the server carries, served with their type and ETag (RFC 9110 §8.8.3).
public struct StaticPages: Sendable {
    private struct Page: Sendable {
        let type: String
        let bytes: [UInt8]
        let tag: EntityTag
        /// The same in gzip, where that is shorter; another representation, so with another tag.
        let compressed: (bytes: [UInt8], tag: EntityTag)?
    }

    private var pages: [String: Page] = [:]

    /// No files.
    public init() {}

    /// Adds a file.
    public mutating func add(path: String, type: String, bytes: [UInt8]) {
        let compressed = Gzip.compress(bytes.span).flatMap {
            $0.count < bytes.count ? ($0, EntityTag(of: bytes.span, variant: "-gzip")) : nil
        }
        pages[path] = Page(
            type: type, bytes: bytes, tag: EntityTag(of: bytes.span), compressed: compressed)
    }

    /// What pages may load and do: nothing from elsewhere, no script or style inside the page.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; "
        + "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The answer to a request for a file; nil where there is none at the path.
    func answer(_ head: HTTPRequestHead) -> HTTPResponse? {
        guard let page = pages[head.target.path] else { return nil }
        let compressed = StaticPages.takesGzip(head.headers) ? page.compressed : nil
        let tag = compressed?.tag ?? page.tag
        var headers: HTTPHeaders = [
            "etag": tag.text, "cache-control": "no-cache", "content-security-policy": StaticPages.policy,
            "vary": "Accept-Encoding",
        ]
        if tag.isKnown(by: head.headers) { return HTTPResponse(.notModified, headers: headers) }
        headers.set("content-type", page.type)
        if compressed != nil { headers.set("content-encoding", "gzip") }
        return HTTPResponse(.ok, headers: headers, body: compressed?.bytes ?? page.bytes)
    }

    /// Whether the client takes gzip (RFC 9110 §12.5.3): named, and not with the weight 0.
    private static func takesGzip(_ headers: HTTPHeaders) -> Bool {
        headers.values("accept-encoding").contains { value in
            value.split(separator: ",").contains { item in
                let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
                return parts.first == "gzip"
                    && !parts.dropFirst().contains {
                        $0 == "q=0" || $0.hasPrefix("q=0.0") && Double($0.dropFirst(2)) == 0
                    }
            }
        }
    }
}
