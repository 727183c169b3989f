/// What the bytes of a body are, as `Content-Type` says.
public struct MediaType: RawRepresentable, Hashable, Sendable {
    /// The header's value.
    public let rawValue: String

    /// A type by its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Plain text in UTF-8.
    public static let text = MediaType(rawValue: "text/plain; charset=utf-8")
    /// A page.
    public static let html = MediaType(rawValue: "text/html; charset=utf-8")
    /// JSON, always UTF-8 (RFC 8259 §8.1).
    public static let json = MediaType(rawValue: "application/json")
    /// Comma-separated values (RFC 4180).
    public static let csv = MediaType(rawValue: "text/csv; charset=utf-8")
    /// One JSON value a line.
    public static let jsonLines = MediaType(rawValue: "application/x-ndjson")
    /// An error in JSON (RFC 9457).
    public static let problem = MediaType(rawValue: "application/problem+json")
    /// Bytes of no known type.
    public static let bytes = MediaType(rawValue: "application/octet-stream")

    /// The type of a static file, by the end of its name.
    public static func forFile(named name: String) -> MediaType {
        switch name.split(separator: ".").last {
        case "html": return .html
        case "css": return MediaType(rawValue: "text/css; charset=utf-8")
        case "js", "mjs": return MediaType(rawValue: "text/javascript; charset=utf-8")
        case "json", "map": return .json
        case "svg": return MediaType(rawValue: "image/svg+xml")
        case "png": return MediaType(rawValue: "image/png")
        case "jpg", "jpeg": return MediaType(rawValue: "image/jpeg")
        case "webp": return MediaType(rawValue: "image/webp")
        case "ico": return MediaType(rawValue: "image/x-icon")
        case "woff2": return MediaType(rawValue: "font/woff2")
        case "webmanifest": return MediaType(rawValue: "application/manifest+json")
        case "txt": return .text
        default: return .bytes
        }
    }
}
