/// A driver's full-text search over messages.
///
/// It finds words, whatever their case and diacritics, the last one also by its beginning. What people type is words,
/// never a query language.
public protocol MessageSearch: Sendable {
    /// Brings the index up to date, inside the transaction that changes the messages.
    func apply(
        _ changes: [SearchChange], tenant: String, in transaction: any Queryable
    ) async throws(StorageError)

    /// The newest messages of a room that contain all the words.
    ///
    /// - Parameters:
    ///   - before: Only messages with a lower seq.
    ///   - limit: At most so many.
    /// - Returns: Their seqs, newest first.
    func find(
        _ text: String, tenant: String, room: String, before: Int64?, limit: Int,
        in transaction: any Queryable
    ) async throws(StorageError) -> [Int64]
}

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

    /// A change from `old` to `new`.
    public init(room: String, seq: Int64, old: String?, new: String?) {
        self.room = room
        self.seq = seq
        self.old = old
        self.new = new
    }
}
