public import Bytes
public import Storage
import Synchronization
import Telemetry

/// Keeps privileged acts and refusals: acts one by one, refusals of one kind from one network counted.
public final class AuditTrail: Sendable {
    private struct Kind: Hashable {
        let network: String
        let action: String
        let outcome: String
    }

    private struct Tally {
        /// The last one that was counted, not written.
        var last: AuditRecord?
        var count = 0
        let since: Int64
    }

    private let repository: AuditRepository
    private let window: Int64
    private let limit: Int
    private let tallies = Mutex<[Kind: Tally]>([:])
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// A trail into a store.
    ///
    /// - Parameters:
    ///   - window: For how long refusals of one kind are counted before the count is written, in milliseconds.
    ///   - limit: Networks that are told apart at a time; what comes from others is counted together.
    public init(_ repository: AuditRepository, window: Int64 = 60_000, limit: Int = 4096) {
        self.repository = repository
        self.window = window
        self.limit = limit
    }

    // MARK: Writing

    /// Keeps an act.
    public func done(_ record: AuditRecord) async throws(StorageError) { try await repository.add([record]) }

    /// Keeps a refusal: the first one of its kind at once, those after it as a count. Never waits; any thread.
    ///
    /// - Parameter network: Where it came from, as limits count clients.
    public func refused(
        _ record: AuditRecord, from network: String, now: Int64 = Timestamp.now().milliseconds
    ) {
        let isFirst = tallies.withLock { tallies in
            var kind = Kind(network: network, action: record.action, outcome: record.outcome)
            if tallies[kind] == nil, tallies.count >= limit {
                kind = Kind(network: "", action: record.action, outcome: record.outcome)
            }
            guard tallies[kind] != nil else {
                tallies[kind] = Tally(since: now)
                return true
            }
            tallies[kind]?.count += 1
            tallies[kind]?.last = record
            return false
        }
        guard isFirst else { return }
        Task { await write([record]) }
    }

    /// Writes the counts whose window is over.
    public func flush(all: Bool = false, now: Int64 = Timestamp.now().milliseconds) async {
        let counted = tallies.withLock { tallies in
            var counted: [AuditRecord] = []
            for (kind, tally) in tallies where all || now - tally.since >= window {
                tallies[kind] = nil
                guard var record = tally.last else { continue }
                record.count = tally.count
                // One of many: neither this request nor this person stands for all of them.
                if tally.count > 1 { record.requestID = nil }
                counted.append(record)
            }
            return counted
        }
        if !counted.isEmpty { await write(counted) }
    }

    private func write(_ records: [AuditRecord]) async {
        do throws(StorageError) {
            try await repository.add(records)
        } catch {
            Log.error("\(records.count) refusals are not in the record: \(error)")
        }
    }

    // MARK: Reading

    /// Lines, the newest first.
    public func page(
        _ filter: AuditFilter, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<AuditRecord> {
        try await repository.page(filter, cursor: cursor, limit: limit)
    }

    /// Lines that came after a known one, the oldest first.
    public func lines(
        _ filter: AuditFilter, after known: String, limit: Int
    ) async throws(StorageError) -> [AuditRecord] {
        try await repository.lines(filter, after: known, limit: limit)
    }

    // MARK: Running

    /// Writes counts from now on.
    public func start() {
        let interval = Duration.milliseconds(min(window, 5000))
        let running = Task { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                await flush()
            }
        }
        task.withLock { $0 = running }
    }

    /// Writes what is counted and ends.
    public func stop() async {
        task.withLock { $0?.cancel() }
        await flush(all: true)
    }
}
