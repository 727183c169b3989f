import Storage

/// A small write that tells whether the store takes writes again.
final class ProbeJob: WriteJob {
    func run(_ transaction: any Queryable) async throws(StorageError) {
        // Writes the first page anew, whatever the number was.
        _ = try await transaction.query("PRAGMA application_id = 0")
    }

    /// The writer itself notes how the transaction went.
    func finished(_ error: StorageError?) {}
}
