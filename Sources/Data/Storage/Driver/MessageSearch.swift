/// A driver's full-text search over messages.
///
/// It finds words, whatever their case and diacritics, the last one also by its beginning. What people type is words,
/// never a query language.
public protocol MessageSearch: Sendable {
    /// Brings the index up to date, inside the transaction that changes the messages.
    func apply(
        _ changes: [SearchChange], tenant: String, in transaction: any Queryable
    ) async throws(StorageError)

    /// What is indexed of a text, made while its message's seq is not known yet; nil where nothing can be made ahead.
    func words(of text: String, tenant: String, room: String) -> String?

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

extension MessageSearch {
    /// Nothing.
    public func words(of text: String, tenant: String, room: String) -> String? { nil }
}
