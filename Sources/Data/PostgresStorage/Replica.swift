import Storage
import StoreWorkers
import Synchronization
import Telemetry

/// A server that follows the primary and only reads, with a thread for each of its connections.
final class Replica: Sendable {
    private struct State {
        /// A moment whose commits it all has.
        var upTo: ContinuousClock.Instant?
        /// Where in the write-ahead log it was when it was last asked.
        var position: Int64?
        var hasSaidWriting = false
    }

    let name: String
    private let availability: Availability
    private let reads: WorkQueue<any ReadJob>
    private let readers: [Reader]
    private let question: Question
    private let state = Mutex(State())

    init(_ target: PostgresTarget, _ options: PostgresOptions) {
        name = target.place
        let target = target.forReading
        let availability = Availability("the replica \(name)")
        let patience = options.readPatience
        self.availability = availability
        reads = WorkQueue(limit: options.queuedReads)
        readers = (0..<max(1, options.readers)).map { number in
            Reader(
                Link(target, availability, patience: patience, connectPatience: patience),
                name: "replica-read-\(number)")
        }
        // A silent one is found by this before readers wait for it: others are asked meanwhile.
        let watchPatience = min(patience, .seconds(1))
        question = Question(
            Link(target, availability, patience: watchPatience, connectPatience: watchPatience),
            """
            SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint END
            """)
    }

    func start() -> [Task<Void, Never>] { readers.map { $0.start(reads) } }

    func close() { reads.close() }

    /// Queues a reading; false where too many wait.
    func submit(_ job: any ReadJob) -> Bool { reads.push(job) }

    /// How far it is behind the primary at most; nil where that is not known.
    var lag: Duration? { state.withLock { $0.upTo }.map { ContinuousClock.now - $0 } }

    /// Whether it is there, and no further behind than that.
    func isUsable(within limit: Duration) -> Bool {
        guard availability.absence == nil, let lag else { return false }
        return lag <= limit
    }

    /// Asks it where it is.
    ///
    /// - Parameter marks: Where the primary was at some moments, oldest first.
    func look(_ marks: [PrimaryMark]) {
        guard let answer = question.ask() else { return }
        let isWriting = state.withLock { state in
            guard let position = answer else {
                // One that takes writes follows nobody; what it has may never have been the primary's.
                state.upTo = nil
                defer { state.hasSaidWriting = true }
                return !state.hasSaidWriting
            }
            state.hasSaidWriting = false
            // It was made anew from something older.
            if let last = state.position, position < last { state.upTo = nil }
            state.position = position
            if let mark = marks.last(where: { $0.position <= position }) { state.upTo = mark.moment }
            return false
        }
        if isWriting { Log.warning("the replica \(name) is none: it takes writes, and is not read from") }
    }

    /// Lets go of what the watch holds.
    func endWatch() { question.close() }
}

/// Where the primary's write-ahead log was.
struct PrimaryMark {
    /// What was committed before this is in front of the position.
    let moment: ContinuousClock.Instant
    let position: Int64
}
