package import Storage
import Synchronization

/// A body of a database's `write` or `read` on its way to a worker.
package final class BodyJob<R: Sendable>: WriteJob, ReadJob {
    private let body: @Sendable (any Queryable) async throws(StorageError) -> R
    private let continuation: CheckedContinuation<Result<R, StorageError>, Never>
    private let value = Mutex<R?>(nil)

    package init(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R,
        _ continuation: CheckedContinuation<Result<R, StorageError>, Never>
    ) {
        self.body = body
        self.continuation = continuation
    }

    package func run(_ transaction: any Queryable) async throws(StorageError) {
        let result = try await body(transaction)
        value.withLock { $0 = result }
    }

    package func finished(_ error: StorageError?) {
        if let error {
            continuation.resume(returning: .failure(error))
        } else if let result = value.withLock({ $0 }) {
            continuation.resume(returning: .success(result))
        }
    }
}
