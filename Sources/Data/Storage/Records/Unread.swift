/// What a person has not read in a room.
public struct Unread: Sendable, Hashable {
    /// They have read up to here; 0 where they never said.
    public var readSeq: Int64
    /// Others' undeleted messages after that, counted up to 1,000.
    public var unread: Int
    /// Those of them that name the person, counted up to 1,000.
    public var mentions: Int

    /// A count from a position.
    public init(readSeq: Int64, unread: Int, mentions: Int) {
        self.readSeq = readSeq
        self.unread = unread
        self.mentions = mentions
    }
}
