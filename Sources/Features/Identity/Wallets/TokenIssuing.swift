public import Bytes
public import Storage

/// Who gives tokens to people whom the server has signed in.
public protocol TokenIssuing: Sendable {
    /// Gives tokens to a person.
    ///
    /// - Throws: ``StorageError`` where what it must remember of them could not be written.
    func issue(to user: String, name: String, now: Timestamp) async throws(StorageError) -> IssuedTokens
}
