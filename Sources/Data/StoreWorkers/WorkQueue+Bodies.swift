package import Storage

extension WorkQueue where Work == any WriteJob {
    /// Queues a body that may write, and waits for what becomes of it.
    package func perform<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let result: Result<R, StorageError> = await withCheckedContinuation { continuation in
            let job = BodyJob(body, continuation)
            if !push(job) { job.finished(.unavailable("too many writes wait")) }
        }
        return try result.get()
    }
}
