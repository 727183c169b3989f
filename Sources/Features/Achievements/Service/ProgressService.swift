import Bytes
import JSON
public import Notifications
public import PubSub
public import Reactor
public import Storage
import Synchronization
import Telemetry

/// Follows what people do, and gives them what they have earned; any thread.
///
/// What happens in rooms is read from the rooms' own events, by a position that moves in the transaction in which it is
/// counted. So everything counts once, whichever of several processes looks, and whenever it ends.
public final class ProgressService: Sendable {
    /// The store's part.
    public let repository: ProgressRepository
    /// What is to be minted for what people do.
    public let mints: MintRepository
    /// The leaderboards.
    public let boards: Leaderboards
    /// What tells that something has happened.
    public let hints: ProgressHints
    /// Bounds and times.
    public let settings: ProgressSettings
    let topics: Mailbox<TopicMail>
    let notifications: NotificationService
    private let turn = Turn()
    private let known = Mutex<(stamp: Int64, catalogue: AchievementCatalogue)>((-1, AchievementCatalogue([])))
    private let announcer = Mutex<(@Sendable (String, Author, [UInt8]) -> Void)?>(nil)
    private let seen = Mutex(ProgressFigures())

    /// A service over a store.
    public init(
        _ repository: ProgressRepository, topics: Mailbox<TopicMail>, hints: ProgressHints,
        boards: Leaderboards, notifications: NotificationService, settings: ProgressSettings
    ) {
        self.notifications = notifications
        mints = MintRepository(database: repository.database)
        self.repository = repository
        self.topics = topics
        self.hints = hints
        self.boards = boards
        self.settings = settings
    }

    /// What it has done since the start.
    public var figures: ProgressFigures { seen.withLock { $0 } }

    /// Says who tells rooms what people have earned there: the room, the person, and members of a JSON object.
    public func onEarnedInRoom(_ announce: @escaping @Sendable (String, Author, [UInt8]) -> Void) {
        announcer.withLock { $0 = announce }
    }

    /// Has a room told.
    func announce(_ room: String, _ author: Author, _ members: [UInt8]) {
        announcer.withLock { $0 }?(room, author, members)
    }

    // MARK: Following

    /// Looks at what happens until its task is cancelled.
    public func run() async {
        let hints = hints
        await withTaskCancellationHandler {
            let alarm = Task { await ring() }
            defer { alarm.cancel() }
            while !Task.isCancelled {
                await look()
                await hints.wait()
                // What arrives together is looked at together.
                try? await Task.sleep(for: .milliseconds(settings.delayMilliseconds))
            }
        } onCancel: {
            hints.end()
        }
    }

    /// When the next sweep is due, in milliseconds of the monotonic clock.
    private let sweepDue = Mutex<Int64>(0)

    private func ring() async {
        while (try? await Task.sleep(for: .milliseconds(settings.sweepMilliseconds))) != nil { hints.wake() }
    }

    private func look() async {
        let now = MonotonicClock.milliseconds()
        let isSweep = sweepDue.withLock { due in
            guard now >= due else { return false }
            due = now + settings.sweepMilliseconds
            return true
        }
        let rooms = hints.take()
        do throws(StorageError) {
            try await takeJoins()
            for backlog in try await repository.backlogs(of: isSweep ? nil : Array(rooms)) {
                while !Task.isCancelled, try await takeEvents(of: backlog.room) {}
            }
        } catch {
            // The next sweep looks again.
            sweepDue.withLock { $0 = 0 }
            Log.warning("progress cannot be kept at the moment: \(error)")
        }
    }

    /// Takes the next stretch of a room's events in.
    ///
    /// - Returns: Whether there may be more.
    private func takeEvents(of room: String) async throws(StorageError) -> Bool {
        try await attempt { () async throws(StorageError) -> Bool? in
            // Whatever is read after this is of this version, or nothing is written.
            let version = try await repository.view().version
            guard let backlog = try await repository.backlogs(of: [room]).first else { return false }
            let stretch = try await repository.stretch(backlog, limit: settings.batch)
            let activities = stretch.activities.map { $0.activity(in: room) }
            let users = Set(activities.map(\.user))
            let view = try await repository.view(of: Array(users))
            guard view.version == version else { return nil }
            let isDone = try await commit(activities, view) { $0.positions[room] = stretch.end }
            return isDone ? stretch.end < backlog.head : nil
        }
    }

    /// How far back joins are looked at again, in milliseconds: others may have written theirs late.
    private static let joinOverlap: Int64 = 60_000

    private func takeJoins() async throws(StorageError) {
        var place = ("", "")
        var since = try await repository.view().joinedAt
        since.milliseconds = max(0, since.milliseconds - ProgressService.joinOverlap)
        while true {
            let joins = try await repository.joins(since: since, after: place, limit: settings.batch)
            guard let last = joins.last else { return }
            _ = try await attempt { () async throws(StorageError) -> Bool? in
                let activities = joins.map(\.activity)
                let view = try await repository.view(
                    of: Array(Set(activities.map(\.user))), events: activities.compactMap(\.id))
                let new = activities.filter { !view.knownEvents.contains($0.id ?? "") }
                guard !new.isEmpty else { return true }
                return try await commit(new, view) { $0.joinedAt = max(view.joinedAt, last.at) } ? true : nil
            }
            (since, place) = (last.at, (last.room, last.user))
        }
    }

    // MARK: Events of the API

    /// Takes events in; when this returns they are durable, and so is what comes of them.
    ///
    /// Whose doing they are need not be known here yet: people come by tokens, and a course's progress may come first.
    ///
    /// - Returns: What became of each, in their order.
    public func take(_ events: [ProgressEventRecord]) async throws(StorageError) -> [ProgressReceipt] {
        try await attempt { () async throws(StorageError) -> [ProgressReceipt]? in
            let view = try await repository.view(
                of: Array(Set(events.map(\.user))), events: events.map(\.id),
                rooms: Array(Set(events.compactMap(\.room))))
            var known = view.knownEvents
            var activities: [Activity] = []
            let receipts = events.map { event -> ProgressReceipt in
                if let room = event.room, !view.rooms.contains(room) { return .unknownRoom }
                guard known.insert(event.id).inserted else { return .repeated }
                let data = (try? JSONValue(parsing: event.data)) ?? .object([])
                activities.append(
                    Activity(
                        user: event.user, kind: event.kind, room: event.room, at: event.at, data: data,
                        id: event.id))
                return .accepted
            }
            if activities.isEmpty { return receipts }
            return try await commit(activities, view) { _ in } ? receipts : nil
        }
    }

    // MARK: Committing

    /// How often something is tried anew because another process wrote meanwhile.
    private static let attempts = 100

    /// Runs a body until it has a result, one after the other in this process.
    private func attempt<R: Sendable>(
        _ body: () async throws(StorageError) -> R?
    ) async throws(StorageError) -> R {
        try await turn.run { () async throws(StorageError) -> R in
            for number in 0..<ProgressService.attempts {
                if let result = try await body() { return result }
                seen.withLock { $0.conflicts += 1 }
                try? await Task.sleep(for: .milliseconds(Int64.random(in: 0...Int64(1 + number))))
            }
            throw .unavailable("others write progress all the time")
        }
    }

    /// Writes what follows from activities.
    ///
    /// - Returns: False where the view was not the newest any more.
    private func commit(
        _ activities: [Activity], _ view: ProgressView, _ add: (inout ProgressChange) -> Void
    ) async throws(StorageError) -> Bool {
        var step = ProgressStep(view, try await catalogue(view.catalogue)) { [self] user, moment in
            day(of: moment, for: user, view)
        }
        for activity in activities { step.take(activity) }
        var (change, tidings) = step.finish()
        add(&change)
        let (notifications, drafts, mints) = (notifications, drafts(of: tidings), mints(of: tidings))
        let isWritten = try await repository.commit(change) { (transaction) async throws(StorageError) in
            guard !drafts.isEmpty else { return }
            try await notifications.store(drafts, in: transaction)
            try await JobRepository.enqueue(mints, in: transaction)
        }
        guard isWritten else { return false }
        if !drafts.isEmpty { notifications.stored() }
        seen.withLock { figures in
            figures.events += activities.count
            figures.earned += change.earned.count
        }
        if !change.lines.isEmpty { boards.ledgerGrew() }
        tell(tidings)
        return true
    }

    /// What there is to earn, as of a stamp of the store's clock.
    func catalogue(_ stamp: Int64) async throws(StorageError) -> AchievementCatalogue {
        if let catalogue = known.withLock({ $0.stamp == stamp ? $0.catalogue : nil }) { return catalogue }
        let catalogue = AchievementCatalogue(
            try await repository.achievements().compactMap { Achievement($0) })
        known.withLock { $0 = (stamp, catalogue) }
        return catalogue
    }
}

/// What became of an event that was told by the API.
public enum ProgressReceipt: Sendable, Hashable {
    /// It counts.
    case accepted
    /// It was known.
    case repeated
    /// No room has this id.
    case unknownRoom
}

/// What progress has done since the start.
public struct ProgressFigures: Sendable {
    /// Events that were taken in.
    public internal(set) var events = 0
    /// Achievements that were earned.
    public internal(set) var earned = 0
    /// Attempts that came to nothing since others wrote meanwhile.
    public internal(set) var conflicts = 0
}

extension RoomActivity {
    /// As rules see it.
    func activity(in room: String) -> Activity {
        var members: [JSONMember] = []
        if let emoji {
            members.append(JSONMember("emoji", .string(emoji)))
        } else {
            members.append(JSONMember("message_type", .string(messageType)))
            members.append(JSONMember("reply", .bool(isReply)))
        }
        return Activity(
            user: user, name: name, kind: emoji == nil ? "message_sent" : "reaction_added", room: room,
            at: at,
            data: .object(members))
    }
}

extension JoinActivity {
    /// As rules see it: a room is joined once, however often somebody leaves and comes back.
    fileprivate var activity: Activity {
        Activity(user: user, name: name, kind: "room_joined", room: room, at: at, id: "join:\(room):\(user)")
    }
}
