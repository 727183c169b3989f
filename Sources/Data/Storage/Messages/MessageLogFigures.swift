public import Telemetry

/// What the log of messages has done since the start, and what waits for it.
public struct MessageLogFigures: Sendable {
    /// Acts that wait for a transaction.
    public internal(set) var queued = 0
    /// Acts that a transaction carries at the moment.
    public internal(set) var running = 0
    /// Acts that are durable as events.
    public internal(set) var appended = 0
    /// Acts that changed nothing: repeats of what is there.
    public internal(set) var repeated = 0
    /// Acts that the store's rules refused, as an edit of what is deleted.
    public internal(set) var refused = 0
    /// Acts that failed because the store did.
    public internal(set) var failed = 0
    /// Acts in one transaction.
    public internal(set) var batches = Histogram(HistogramBounds.batch)

    mutating func count(_ results: [AppendResult]) {
        batches.observe(Int64(results.count))
        for result in results {
            switch result.outcome {
            case .failed: failed += 1
            case .refused: refused += 1
            case .duplicate, .unchanged: repeated += 1
            case .appended: appended += 1
            }
        }
    }
}
