/// A part of a room's messages.
public struct HistoryPage: Sendable, Hashable {
    /// The messages as they are now, oldest first.
    public var messages: [MessageRecord]
    /// Whether there are older ones.
    public var moreBefore: Bool
    /// Whether there are newer ones.
    public var moreAfter: Bool

    /// A part of a room's messages.
    public init(messages: [MessageRecord], moreBefore: Bool, moreAfter: Bool) {
        self.messages = messages
        self.moreBefore = moreBefore
        self.moreAfter = moreAfter
    }
}
