import Bytes

/// A channel's name or, with `*` at its end, all names that begin so.
public struct ChannelPattern: Hashable, Sendable {
    private let prefix: String
    private let isOpen: Bool

    /// Reads a pattern; a `*` anywhere but at the end is an ordinary character.
    public init(_ text: String) {
        isOpen = text.hasSuffix("*")
        prefix = isOpen ? String(text.dropLast()) : text
    }

    /// Reads a topic's name or a pattern of topics.
    ///
    /// - Returns: nil for `topic:` without a name, a `*` that is not at the end, and other kinds of channels.
    public init?(topics text: String) {
        guard text.hasPrefix("topic:"), text.utf8.count > "topic:".utf8.count,
            !text.dropLast().contains("*"), TextRules.isPrintable(text)
        else { return nil }
        self.init(text)
    }

    /// Whether it stands for more than one name.
    public static func isPattern(_ text: String) -> Bool { text.hasSuffix("*") }

    /// Whether it covers a name.
    public func covers(_ name: String) -> Bool { isOpen ? name.hasPrefix(prefix) : name == prefix }

    /// Whether it covers every name that `other` covers.
    public func covers(_ other: ChannelPattern) -> Bool {
        if !other.isOpen { return covers(other.prefix) }
        return isOpen && other.prefix.hasPrefix(prefix)
    }
}
