/// A read whose end is reported by a call instead of an `await`: for what many ask at a time.
public protocol ReadJob: AnyObject, Sendable {
    /// Does the reading, in one consistent snapshot; again in another one where the first one's connection was lost.
    func run(_ snapshot: any Queryable) async throws(StorageError)

    /// The reading is done (nil), or failed. Called once, on a reader's thread.
    func finished(_ error: StorageError?)
}
