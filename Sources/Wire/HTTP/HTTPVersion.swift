/// The versions that are spoken here.
public enum HTTPVersion: Equatable, Sendable {
    /// One request per connection unless both sides ask for more.
    case http10
    /// Persistent connections, chunked bodies.
    case http11
}
