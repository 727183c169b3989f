import Bytes
import JSON
import Storage

/// Something that somebody did, on its way into progress.
struct Activity {
    let user: String
    /// Their name where it is known.
    var name = ""
    let kind: String
    var room: String?
    let at: Timestamp
    var data = JSONValue.object([])
    /// Its id where it is kept, as no room's events tell it.
    var id: String?

    /// As rules see it.
    ///
    /// - Parameter day: The day of it by the person's calendar.
    func event(day: Int64) -> ProgressEvent {
        ProgressEvent(user: user, kind: kind, room: room, at: at, day: day, data: data)
    }
}

/// What a person has got by a step.
struct Tidings {
    let user: String
    var name: String
    /// What they have earned, with where and when.
    var earned: [(achievement: Achievement, record: EarnedRecord)] = []
    /// What they have now.
    var experience: Int64
    var streak: DailyStreak
    /// Whether that differs from before in what others see.
    var hasChanged = false
}

/// What follows from some activities, given what is stored: no clock, no store.
struct ProgressStep {
    private let view: ProgressView
    private let catalogue: AchievementCatalogue
    private let day: (String, Timestamp) -> Int64
    private(set) var change: ProgressChange
    private var people: [String: (record: ProgressPersonRecord, progress: PersonProgress)] = [:]
    private var tidingsByUser: [String: Tidings] = [:]

    /// - Parameter day: The day of a moment by a person's calendar.
    init(
        _ view: ProgressView, _ catalogue: AchievementCatalogue,
        day: @escaping (String, Timestamp) -> Int64
    ) {
        self.view = view
        self.catalogue = catalogue
        self.day = day
        change = ProgressChange(version: view.version)
    }

    mutating func take(_ activity: Activity) {
        var (record, progress) =
            people[activity.user] ?? ProgressStep.person(activity.user, view, catalogue)
        if !activity.name.isEmpty { record.name = activity.name }
        let gains = progress.take(activity.event(day: day(activity.user, activity.at)), catalogue)
        var tidings =
            tidingsByUser[activity.user]
            ?? Tidings(
                user: activity.user, name: record.name, experience: record.experience, streak: progress.streak
            )
        for gain in gains { note(gain, activity, &tidings) }
        if !gains.isEmpty { tidings.hasChanged = true }
        tidings.name = record.name
        tidings.streak = progress.streak
        tidingsByUser[activity.user] = tidings
        people[activity.user] = (record, progress)
        if let id = activity.id { keep(activity, id) }
    }

    private mutating func keep(_ activity: Activity, _ id: String) {
        var writer = JSONWriter(capacity: 64)
        activity.data.write(to: &writer)
        change.events.append(
            ProgressEventRecord(
                id: id, user: activity.user, kind: activity.kind, room: activity.room, at: activity.at,
                data: writer.text()))
    }

    private mutating func note(
        _ gain: PersonProgress.Gain, _ activity: Activity, _ tidings: inout Tidings
    ) {
        let line: LedgerRecord
        switch gain {
        case .achievement(let achievement):
            let record = EarnedRecord(
                achievement: achievement.id, version: achievement.version, at: activity.at,
                experience: achievement.form.experience, room: activity.room)
            change.earned.append((activity.user, record))
            tidings.earned.append((achievement, record))
            line = LedgerRecord(
                user: activity.user, amount: record.experience, reason: "achievement",
                key: "achievement:" + achievement.id, room: activity.room, at: activity.at)
        case .challenge(_, let experience):
            // Only events with an id are of this kind.
            guard let id = activity.id else { return }
            line = LedgerRecord(
                user: activity.user, amount: experience, reason: "challenge", key: "event:" + id,
                room: activity.room, at: activity.at)
        }
        guard line.amount > 0 else { return }
        change.lines.append(line)
        tidings.experience += line.amount
    }

    /// What is to be written, and whom it concerns.
    mutating func finish() -> (change: ProgressChange, tidings: [Tidings]) {
        for (user, person) in people {
            let streak = person.progress.streak
            var record = person.record
            (record.streakDays, record.streakAt, record.streakDay) = (
                streak.days, streak.last, streak.lastDay
            )
            change.people.append(record)
            for (id, part) in person.progress.parts
            where part.hasChanged && !person.progress.earned.contains(id) {
                change.parts.append(
                    (
                        user,
                        ProgressPartRecord(achievement: id, version: part.version, state: part.progress.text)
                    ))
            }
        }
        return (change, tidingsByUser.values.filter(\.hasChanged).sorted { $0.user < $1.user })
    }

    /// What is stored of a person, as rules go on with it.
    static func person(
        _ user: String, _ view: ProgressView, _ catalogue: AchievementCatalogue
    ) -> (ProgressPersonRecord, PersonProgress) {
        let record = view.people[user] ?? ProgressPersonRecord(user: user, name: "")
        var parts: [String: PersonProgress.Part] = [:]
        for part in record.parts {
            guard let rule = catalogue.all[part.achievement]?.rule,
                let progress = RuleProgress(part.state, of: rule)
            else { continue }
            parts[part.achievement] = PersonProgress.Part(version: part.version, progress: progress)
        }
        let streak = record.streakAt.map {
            DailyStreak(days: record.streakDays, last: $0, lastDay: record.streakDay)
        }
        return (
            record,
            PersonProgress(
                streak: streak ?? DailyStreak(), parts: parts, earned: Set(record.earned.map(\.achievement)))
        )
    }
}
