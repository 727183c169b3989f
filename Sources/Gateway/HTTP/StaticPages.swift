import Bytes
import Cryptography
import HTTP

/// Files that the server carries, served with their type and ETag (RFC 9110 §8.8.3).
public struct StaticPages: Sendable {
    private struct Page: Sendable {
        let type: String
        let bytes: [UInt8]
        let tag: String
    }

    private var pages: [String: Page] = [:]

    /// No files.
    public init() {}

    /// Adds a file.
    public mutating func add(path: String, type: String, bytes: [UInt8]) {
        let digest = Digest.sha256(bytes.span)
        let tag = "\"" + Base64.encodeURL(digest.span.extracting(0..<12)) + "\""
        pages[path] = Page(type: type, bytes: bytes, tag: tag)
    }

    /// What pages may load and do: nothing from elsewhere, no script or style inside the page.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; "
        + "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The answer to a request for a file; nil where there is none at the path.
    func answer(_ head: HTTPRequestHead) -> HTTPResponse? {
        guard let page = pages[head.target.path] else { return nil }
        var headers: HTTPHeaders = [
            "etag": page.tag, "cache-control": "no-cache", "content-security-policy": StaticPages.policy,
        ]
        if head.headers.values("if-none-match").contains(where: { $0 == "*" || $0.contains(page.tag) }) {
            return HTTPResponse(.notModified, headers: headers)
        }
        headers.set("content-type", page.type)
        return HTTPResponse(.ok, headers: headers, body: page.bytes)
    }
}
