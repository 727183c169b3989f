/// A limit that a refused request is beyond, as HTTP tells it (draft-ietf-httpapi-ratelimit-headers-10).
public struct UsedLimit: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// How many there are in its window.
    public let count: Int64
    /// The window, in milliseconds.
    public let window: Int64
    /// Milliseconds after which all of them are there again.
    public let reset: Int64

    /// A limit of which nothing is left.
    public init(_ name: String, count: Int64, window: Int64, reset: Int64) {
        self.name = name
        self.count = count
        self.window = window
        self.reset = reset
    }

    /// The value of `RateLimit-Policy`.
    public var policy: String { "\"\(name)\";q=\(count);w=\(max(1, window / 1000))" }
    /// The value of `RateLimit`.
    public var level: String { "\"\(name)\";r=0;t=\((reset + 999) / 1000)" }
}
