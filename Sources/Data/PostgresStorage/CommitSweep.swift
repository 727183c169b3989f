import Synchronization

/// Removes tokens of commits that nobody asks for any more.
final class CommitSweep: Sendable {
    private static let pause = Duration.seconds(30)

    private let last = Mutex(ContinuousClock.now)

    /// The statement that removes some, where it is time for it.
    ///
    /// Far more than a commit may be in doubt they are kept. Of several processes none waits for another.
    func due() -> String? {
        last.withLock { last in
            guard ContinuousClock.now - last >= CommitSweep.pause else { return nil }
            last = .now
            return """
                DELETE FROM commits WHERE token IN (
                    SELECT token FROM commits WHERE at < EXTRACT(EPOCH FROM now())::bigint - 900
                    LIMIT 50000 FOR UPDATE SKIP LOCKED)
                """
        }
    }
}
