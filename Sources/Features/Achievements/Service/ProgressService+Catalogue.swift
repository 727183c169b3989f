public import Bytes
import JSON
import Notifications
public import Storage
import TimeZones

extension ProgressService {
    /// Achievements for those who begin: earned by talking.
    public static let beginners: [AchievementRecord] = [
        beginner(
            "first_message", "First words", "Say something in a room.", 25, .common,
            #"{"count": {"kind": "message_sent", "at_least": 1}}"#),
        beginner(
            "ten_messages", "Talkative", "Say ten things.", 50, .common,
            #"{"count": {"kind": "message_sent", "at_least": 10}}"#),
        beginner(
            "hundred_messages", "Regular", "Say a hundred things.", 200, .rare,
            #"{"count": {"kind": "message_sent", "at_least": 100}}"#),
        beginner(
            "first_reaction", "Applause", "React to something.", 10, .common,
            #"{"count": {"kind": "reaction_added", "at_least": 1}}"#),
        beginner(
            "three_rooms", "Explorer", "Talk in three rooms.", 100, .rare,
            #"{"distinct": {"kind": "message_sent", "field": "room", "at_least": 3}}"#),
        beginner(
            "seven_days", "Seven days", "Talk on seven days in a row.", 300, .epic,
            #"{"streak": {"kind": "message_sent", "days": 7}}"#),
    ]

    private static func beginner(
        _ id: String, _ name: String, _ description: String, _ experience: Int64, _ rarity: BadgeRarity,
        _ rule: String
    ) -> AchievementRecord {
        AchievementRecord(
            id: id, name: name, description: description, experience: experience, rarity: rarity.rawValue,
            rule: rule)
    }

    /// Keeps the achievements for beginners where there never was any.
    public func prepareBeginners() async throws(StorageError) {
        guard try await repository.view().catalogue == 0 else { return }
        for record in ProgressService.beginners {
            _ = try await repository.save(record, new: true, limit: settings.achievements)
        }
    }

    /// Keeps a new achievement, or another version of one.
    public func save(
        _ record: AchievementRecord, new isNew: Bool
    ) async throws(StorageError) -> ProgressRepository.Saving {
        try await repository.save(record, new: isNew, limit: settings.achievements)
    }

    /// What a rule would have come to, over events of the past.
    public struct DryRun: Sendable {
        /// How many events of its kinds were looked at.
        public let events: Int
        /// Whether there are older ones that were not.
        public let isCut: Bool
        /// Who would have it, and since when; the earliest first.
        public let earned: [(user: String, at: Timestamp)]
    }

    /// Tries a rule on what people have done: messages and reactions that are still there, joins, and the API's events.
    public func dryRun(_ rule: AchievementRule) async throws(StorageError) -> DryRun {
        let limit = settings.dryRunEvents
        let kinds = rule.kinds.sorted()
        var past = try await repository.pastEvents(kinds: kinds, limit: limit).map { record in
            Activity(
                user: record.user, kind: record.kind, room: record.room, at: record.at,
                data: (try? JSONValue(parsing: record.data)) ?? .object([]))
        }
        if kinds.contains("message_sent") || kinds.contains("reaction_added") {
            past += try await pastOfRooms(limit: limit - past.count)
        }
        let isCut = past.count >= limit
        past = past.filter { kinds.contains($0.kind) }.sorted { $0.at < $1.at }
        let view = try await repository.view(of: Array(Set(past.map(\.user))))
        var progress: [String: RuleProgress] = [:]
        var earned: [(user: String, at: Timestamp)] = []
        var done: Set<String> = []
        for deed in past where !done.contains(deed.user) {
            let event = deed.event(day: day(of: deed.at, for: deed.user, view))
            var own = progress[event.user] ?? RuleProgress(of: rule)
            if own.take(event, rule), own.isMet(rule) {
                done.insert(event.user)
                earned.append((event.user, event.at))
            }
            progress[event.user] = own
        }
        return DryRun(events: past.count, isCut: isCut, earned: earned)
    }

    private func pastOfRooms(limit: Int) async throws(StorageError) -> [Activity] {
        var activities: [Activity] = []
        for room in try await repository.allRooms() {
            var from = room
            while activities.count < limit, from.seq < from.head {
                let stretch = try await repository.stretch(from, limit: min(1000, limit - activities.count))
                activities += stretch.activities.map { $0.activity(in: room.room) }
                from = RoomBacklog(room: room.room, seq: stretch.end, head: room.head)
            }
        }
        return activities
    }

    /// The day of a moment by a person's calendar.
    func day(of moment: Timestamp, for user: String, _ view: ProgressView) -> Int64 {
        // A zone that this system has lost counts as UTC.
        let zone = view.zones[user].flatMap { notifications.zones.zone($0) } ?? .utc
        return zone.civilDate(at: moment).daysSince1970
    }
}
