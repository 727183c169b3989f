import Bytes

/// A channel's name or, with `*` at its end, all names that begin so.
public struct ChannelPattern: Hashable, Sendable {
    private let prefix: String
    private let isOpen: Bool

    /// Reads a pattern; a `*` anywhere but at the end is an ordinary character.
    public init(_ text: String) {
        isOpen = ChannelPattern.isPattern(text)
        prefix = isOpen ? String(Substring(text.utf8.dropLast())) : text
    }

    /// Reads the name of a stream's channel, or a pattern of them.
    ///
    /// - Returns: nil for `topic:` without a name, a `*` that is not at the end, and other kinds of channels.
    public init?(streams text: String) {
        // As bytes: by characters, each publication would pay for Unicode's rules of what one is.
        guard let kind = StreamKind(text), !text.utf8.dropLast().contains(UInt8(ascii: "*")) else {
            return nil
        }
        guard kind == .topic else {
            guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) else {
                return nil
            }
            self.init(text)
            return
        }
        // A mark behind the colon would belong to it.
        guard let first = text.utf8.dropFirst("topic:".utf8.count).first,
            first < 0x80 || text.hasPrefix("topic:"), TextRules.isPrintable(text)
        else { return nil }
        self.init(text)
    }

    /// Whether it stands for more than one name.
    public static func isPattern(_ text: String) -> Bool { text.utf8.last == UInt8(ascii: "*") }

    /// Whether it covers a name.
    public func covers(_ name: String) -> Bool {
        isOpen ? name.utf8.starts(with: prefix.utf8) : name.utf8.elementsEqual(prefix.utf8)
    }

    /// Whether it covers every name that `other` covers.
    public func covers(_ other: ChannelPattern) -> Bool {
        if !other.isOpen { return covers(other.prefix) }
        return isOpen && other.prefix.utf8.starts(with: prefix.utf8)
    }
}
