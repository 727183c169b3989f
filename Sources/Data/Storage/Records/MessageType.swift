/// What a message is; the raw values are the wire's.
public enum MessageType: String, Sendable, Hashable, CaseIterable {
    /// Something that somebody wrote.
    case text
    /// A reference to a document.
    case documentShare = "document_share"
    /// A passage of a document.
    case highlight
    /// Written by the server itself.
    case system
}
