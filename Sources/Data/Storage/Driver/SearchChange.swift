/// One message's text entering or leaving the index.
public struct SearchChange: Sendable, Hashable {
    /// The message's room.
    public var room: String
    /// The message's seq.
    public var seq: Int64
    /// The text that is indexed now, nil if none is.
    public var old: String?
    /// The text to index, nil for none.
    public var new: String?
    /// What ``MessageSearch/words(of:tenant:room:)`` has made of the text to index, where it was asked ahead.
    public var words: String?

    /// A change from `old` to `new`.
    public init(room: String, seq: Int64, old: String?, new: String?) {
        self.room = room
        self.seq = seq
        self.old = old
        self.new = new
    }
}
