import Storage
import Telemetry

/// Follows the log of alerts from where it was evaluated last: evaluates, and keeps what it finds.
final class AlertFollower: Sendable {
    /// Keeps what comes of firings, in their transaction.
    typealias Tell =
        @Sendable ([(StoredAlert, AlertFiring)], any Queryable) async throws(StorageError) -> Void

    /// How soon a write that failed is tried again.
    private static let retry = Duration.milliseconds(250)
    /// How many entries are read at a time.
    private static let batch = 2000

    private let repository: AlertRepository
    private let tell: Tell
    private let book = AlertBook()

    /// The term in which portfolios' values count that are told for this follower.
    let term: Int64

    /// Loads what it goes on from.
    init(_ repository: AlertRepository, tell: @escaping Tell) async throws(StorageError) {
        self.repository = repository
        self.tell = tell
        // First: of values told for somebody before, none may come behind what is loaded.
        term = try await repository.beginTerm()
        try await repository.load(begin: book.begin, take: book.load)
        book.endLoad()
    }

    /// How many alerts there are.
    var count: Int { book.count }

    /// What has changed of the portfolios that alerts watch since this was asked last.
    func takeWatch() -> PortfolioWatch { book.takeWatch() }

    /// Evaluates what the log has.
    ///
    /// - Parameter report: Hears how many values were looked at and how many alerts have fired.
    /// - Returns: False where another process has evaluated the same, or this one stops: this follower is of no more use.
    func follow(_ report: (Int, Int) -> Void) async throws(StorageError) -> Bool {
        while !Task.isCancelled {
            let stretch = try await repository.stretch(after: book.position, limit: AlertFollower.batch)
            // Whoever evaluated it took the entries away: a log that is empty says nothing of what is missed here.
            guard stretch.evaluated == book.position else { return false }
            var rest = stretch.entries[...]
            guard !rest.isEmpty else { return true }
            while let first = rest.first {
                // Values and changes by turns, in their order.
                let isChange = first.alert != nil
                let run = rest.prefix { ($0.alert != nil) == isChange }
                if isChange {
                    book.change(run, to: try await repository.active(Array(Set(run.compactMap(\.alert)))))
                } else {
                    book.evaluate(run)
                }
                guard let fired = await keep() else { return false }
                report(isChange ? 0 : run.count, fired)
                rest = rest[run.endIndex...]
            }
        }
        return true
    }

    /// Keeps what was found; tries until the store takes it.
    ///
    /// - Returns: How many have fired; nil where another process was here before, or this one stops.
    private func keep() async -> Int? {
        guard let findings = book.takeFindings() else { return 0 }
        while !Task.isCancelled {
            do throws(StorageError) {
                guard let fired = try await repository.keep(findings, tell: tell) else { return nil }
                book.kept(findings, fired: fired)
                return fired.count
            } catch {
                Log.warning("alerts that have fired wait: \(error)")
                try? await Task.sleep(for: AlertFollower.retry)
            }
        }
        return nil
    }
}
