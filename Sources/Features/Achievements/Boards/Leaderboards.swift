public import Bytes
import JSON
public import PubSub
public import Reactor
public import Storage
import Synchronization
import Telemetry

/// The leaderboards in memory: what the store's sums say, and from there on the ledger, line by line.
///
/// Each process follows the ledger by itself, so all of them show the same, and nothing has to be kept beside the store:
/// see Decision 0015.
public actor Leaderboards {
    /// A board that is in memory.
    private struct Kept {
        var board: Leaderboard
        /// The ledger's number that it has everything up to.
        var ledger: Int64
        /// The ledger's number of its last change.
        var changed: Int64
        var used: Int
    }

    private static let stretch = 1000

    private let repository: ProgressRepository
    private let topics: Mailbox<TopicMail>
    private let settings: ProgressSettings
    private let duties: (any SharedDuties)?
    private var kept: [String: Kept] = [:]
    private var ledger: Int64?
    private var uses = 0
    /// How many people had been erased when the ledger was read last.
    private var erasures: Int64?
    /// Boards that somebody listens to, by channel, with what was told of each last.
    private var wanted: [BoardName: Told] = [:]
    private nonisolated let hasGrown = Mutex(true)

    /// What was told of a board.
    private struct Told {
        var changed: Int64 = -1
        var month = ""
        /// Since when something is to be told that another process may be telling; 0 for nothing.
        var pendingSince: Int64 = 0
    }

    /// Leaderboards of a store.
    ///
    /// - Parameter duties: Says which of several processes tells; nil where this one serves alone.
    public init(
        _ repository: ProgressRepository, topics: Mailbox<TopicMail>, duties: (any SharedDuties)?,
        settings: ProgressSettings
    ) {
        self.repository = repository
        self.topics = topics
        self.duties = duties
        self.settings = settings
    }

    // MARK: Reading

    /// Where a person stands, who is first, who is near.
    ///
    /// - Parameter user: Nil for nobody's own place.
    public func view(
        _ name: BoardName, of user: String?, now: Timestamp = .now()
    ) async throws(StorageError) -> BoardView {
        let key = name.key(at: now)
        try await follow()
        try await load(key)
        guard let board = kept[key]?.board else { throw .unavailable("the board is being read") }
        return BoardView(
            count: board.count, own: user.flatMap { board.standing(of: $0) }, top: board.top(),
            neighbours: user.map { board.neighbours(of: $0) } ?? [])
    }

    private func load(_ key: String) async throws(StorageError) {
        uses += 1
        if kept[key] == nil {
            let (entries, position) = try await repository.board(key)
            // Somebody else may have been faster.
            if kept[key] == nil {
                let board = Leaderboard(
                    entries.map {
                        BoardEntry(user: $0.user, name: $0.name, experience: $0.experience, since: $0.since)
                    })
                kept[key] = Kept(
                    board: board, ledger: position, changed: entries.map(\.since).max() ?? 0, used: uses)
                // Lines that others followed meanwhile come again: each board knows which it has.
                ledger = min(ledger ?? position, position)
                forgetOne()
            }
            try await follow()
        }
        kept[key]?.used = uses
    }

    /// Makes room for another: the one that nobody has looked at for longest goes.
    private func forgetOne() {
        guard kept.count > settings.boards + 2 else { return }
        let oldest = kept.filter { !$0.key.isEmpty }.min { $0.value.used < $1.value.used }
        if let oldest { kept[oldest.key] = nil }
    }

    /// Reads on in the ledger.
    private func follow() async throws(StorageError) {
        while let from = ledger {
            let stretch = try await repository.ledger(after: from, limit: Leaderboards.stretch)
            if erasures != stretch.erasures {
                // Somebody is gone. Lines that are read meanwhile are in the sums that come.
                if erasures != nil { kept = [:] }
                for name in wanted.keys { wanted[name]?.changed = -1 }
                erasures = stretch.erasures
            }
            // While it was read another may have read the same.
            for (line, name) in stretch.lines where line.seq > ledger ?? 0 {
                for key in line.boards { add(line, name, to: key) }
                ledger = line.seq
            }
            if !stretch.isFull { return }
        }
    }

    private func add(_ line: LedgerRecord, _ name: String, to key: String) {
        guard let ledger = kept[key]?.ledger, line.seq > ledger else { return }
        let experience = (kept[key]?.board.experience(of: line.user) ?? 0) + line.amount
        kept[key]?.board.set(
            BoardEntry(user: line.user, name: name, experience: experience, since: line.seq))
        kept[key]?.ledger = line.seq
        kept[key]?.changed = line.seq
    }

    // MARK: Telling

    /// Says that the ledger has grown.
    public nonisolated func ledgerGrew() { hasGrown.withLock { $0 = true } }

    /// Says that somebody listens to a channel from now on: it is told where it stands.
    public func opened(_ channel: String) async {
        guard let name = BoardName(channel: channel) else { return }
        // There may be more than are worth remembering: those are told when somebody comes.
        if wanted[name] == nil, wanted.count < settings.boards { wanted[name] = Told() }
        wanted[name]?.changed = -1
        await tell(name)
    }

    /// Tells what changes until its task is cancelled.
    public func run() async {
        topics.post(
            .hearOpened(.leaderboard) { [weak self] channel in Task { await self?.opened(channel) } })
        while (try? await Task.sleep(for: .milliseconds(settings.tellMilliseconds))) != nil {
            let hasGrown = hasGrown.withLock { grown in
                defer { grown = false }
                return grown
            }
            let isPending = wanted.values.contains { $0.pendingSince > 0 }
            guard hasGrown || isPending || settings.isShared, !wanted.isEmpty else { continue }
            for name in wanted.keys { await tell(name) }
        }
    }

    private func tell(_ name: BoardName) async {
        let now = Timestamp.now()
        do throws(StorageError) {
            let view = try await view(name, of: nil, now: now)
            let key = name.key(at: now)
            let changed = kept[key]?.changed ?? 0
            let told = wanted[name] ?? Told()
            guard told.changed != changed || told.month != key else { return }
            guard await isOurs(name, now) else { return }
            wanted[name]?.changed = changed
            wanted[name]?.month = key
            wanted[name]?.pendingSince = 0
            publish(view, name, "\(key) \(changed) \(erasures ?? 0)")
        } catch {
            Log.warning("a leaderboard cannot be told: \(error)")
        }
    }

    /// How long whoever tells a board has that duty, in milliseconds.
    private static let lease: Int64 = 5000

    /// Whether this process is the one that tells; where it is not for longer than that lasts, the other one has done it.
    private func isOurs(_ name: BoardName, _ now: Timestamp) async -> Bool {
        guard let duties else { return true }
        let holder = await duties.takeOn(name.channel, milliseconds: Leaderboards.lease)
        if holder == .own { return true }
        let since = wanted[name]?.pendingSince ?? 0
        if since == 0 { wanted[name]?.pendingSince = now.milliseconds }
        guard holder == .other, since > 0, now.milliseconds - since > 2 * Leaderboards.lease else {
            return false
        }
        wanted[name]?.pendingSince = 0
        wanted[name]?.changed = kept[name.key(at: now)]?.changed ?? -1
        wanted[name]?.month = name.key(at: now)
        return false
    }

    private func publish(_ view: BoardView, _ name: BoardName, _ version: String) {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.field("count", view.count)
        writer.key("top")
        ProgressForm.write(view.top, to: &writer)
        writer.endObject()
        let data = [UInt8](writer.span)
        guard duties != nil else { return topics.post(.offer(channel: name.channel, data: data)) }
        topics.post(
            .publish(
                TopicPublication(
                    channel: name.channel, data: data, publisher: "", clientID: version, reply: .none)))
    }
}

/// What a leaderboard shows somebody.
public struct BoardView: Sendable {
    /// How many people are on it.
    public let count: Int
    /// Where the person who looks stands; nil where they do not.
    public let own: BoardStanding?
    /// The first ten.
    public let top: [BoardStanding]
    /// The person who looks, with five on either side.
    public let neighbours: [BoardStanding]
}
