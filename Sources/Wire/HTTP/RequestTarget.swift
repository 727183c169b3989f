import Bytes

/// What a request is about: a path and a query (RFC 9112 §3.2), checked when it was read.
///
/// Escapes are valid and decode to UTF-8 without control characters; there are no dot segments, encoded or not.
public struct RequestTarget: Equatable, Sendable {
    // Path and query, as written; empty for `*`.
    private let bytes: [UInt8]
    private let pathLength: Int
    /// Host and port, where the target was a whole URL; they count in place of `Host`.
    public let authority: String?

    /// Reads a target in one of the forms that a request may have: origin, absolute, or `*` for OPTIONS.
    public init(_ target: Span<UInt8>, method: HTTPMethod) throws(HTTPError) {
        guard target.count > 0 else { throw .invalidTarget }
        // '#' never goes over the wire; what follows it would be hidden from anyone who logs the target.
        for index in 0..<target.count {
            guard target[index] > 0x20, target[index] < 0x7F, target[index] != UInt8(ascii: "#") else {
                throw .invalidTarget
            }
        }
        if target.equals("*") {
            guard method == .options else { throw .invalidTarget }
            (bytes, pathLength, authority) = ([], 0, nil)
            return
        }
        let start = try RequestTarget.pathStart(target)
        authority = start > 0 ? RequestTarget.authority(target, end: start) : nil
        if start > 0 {
            guard let authority, HTTPHost.isValid(authority.utf8Span.span), !authority.isEmpty else {
                throw .invalidTarget
            }
        }
        var path = start == target.count ? [] : [UInt8](target.extracting(start...))
        if path.first != UInt8(ascii: "/") { path.insert(UInt8(ascii: "/"), at: 0) }
        bytes = path
        pathLength = HTTPSyntax.firstIndex(of: UInt8(ascii: "?"), in: path.span, from: 0)
        try check()
    }

    /// Whether it is `*`, the server as a whole.
    public var isAsterisk: Bool { bytes.isEmpty }

    /// The path as written, with its escapes; `/` at least, except for `*`.
    public var path: String { isAsterisk ? "*" : String(decoding: bytes[..<pathLength], as: UTF8.self) }

    /// The path's parts between slashes, decoded; none for `/`.
    ///
    /// A part may contain a slash that was encoded: compare it, do not join it to a file's name.
    public var segments: [String] {
        var segments: [String] = []
        let path = bytes.span.extracting(0..<pathLength)
        var start = 1
        while start <= path.count, path.count > 1 {
            let end = HTTPSyntax.firstIndex(of: UInt8(ascii: "/"), in: path, from: start)
            segments.append(PercentCoding.decode(path.extracting(start..<end)) ?? "")
            start = end + 1
        }
        return segments
    }

    /// The query as written, without its question mark.
    public var query: String? {
        pathLength < bytes.count ? String(decoding: bytes[(pathLength + 1)...], as: UTF8.self) : nil
    }

    /// The query's names and values, decoded, in their order.
    public var queryItems: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        let all = bytes.span
        var start = pathLength + 1
        while start < all.count {
            let end = HTTPSyntax.firstIndex(of: UInt8(ascii: "&"), in: all, from: start)
            if end > start {
                let item = all.extracting(start..<end)
                let equals = HTTPSyntax.firstIndex(of: UInt8(ascii: "="), in: item, from: 0)
                let name = PercentCoding.decode(item.extracting(0..<equals), plusIsSpace: true)
                let value = item.extracting(min(equals + 1, item.count)...)
                items.append((name ?? "", PercentCoding.decode(value, plusIsSpace: true) ?? ""))
            }
            start = end + 1
        }
        return items
    }

    /// The first value of a name in the query.
    public func queryValue(_ name: String) -> String? { queryItems.first { $0.name == name }?.value }

    /// Path and query as written, for another request or a log.
    public var text: String { isAsterisk ? "*" : String(decoding: bytes, as: UTF8.self) }

    private func check() throws(HTTPError) {
        let path = bytes.span.extracting(0..<pathLength)
        var start = 1
        while start <= path.count {
            let end = HTTPSyntax.firstIndex(of: UInt8(ascii: "/"), in: path, from: start)
            guard let segment = PercentCoding.decode(path.extracting(start..<end)), segment != ".",
                segment != ".."
            else { throw .invalidTarget }
            start = end + 1
        }
        guard pathLength < bytes.count else { return }
        let query = bytes.span.extracting((pathLength + 1)...)
        guard PercentCoding.decode(query, plusIsSpace: true) != nil else { throw .invalidTarget }
    }

    /// Where the path begins: 0 in origin form, behind the authority in absolute form.
    private static func pathStart(_ target: Span<UInt8>) throws(HTTPError) -> Int {
        if target[0] == UInt8(ascii: "/") { return 0 }
        guard let start = schemeLength(target) else { throw .invalidTarget }
        var index = start
        while index < target.count, target[index] != UInt8(ascii: "/"), target[index] != UInt8(ascii: "?") {
            index += 1
        }
        return index
    }

    private static func schemeLength(_ target: Span<UInt8>) -> Int? {
        if target.count > 7, target.extracting(0..<7).equalsIgnoringCase(lowercase: "http://") { return 7 }
        if target.count > 8, target.extracting(0..<8).equalsIgnoringCase(lowercase: "https://") { return 8 }
        return nil
    }

    private static func authority(_ target: Span<UInt8>, end: Int) -> String? {
        schemeLength(target).flatMap { String(utf8: target.extracting($0..<end)) }
    }
}
