/// A person or bot as named when they acted.
public struct Author: Sendable, Hashable {
    /// The account's opaque id, at most 64 bytes.
    public var id: String
    /// What others see.
    public var name: String
    /// Whether a program wrote it.
    public var isBot: Bool

    /// An author by their id and name.
    public init(id: String, name: String, isBot: Bool = false) {
        self.id = id
        self.name = name
        self.isBot = isBot
    }
}
