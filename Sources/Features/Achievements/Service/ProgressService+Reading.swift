public import Bytes
import JSON
public import Storage

extension ProgressService {
    /// Writes how far a person is with everything; for themselves.
    public func progress(of user: String, now: Timestamp = .now()) async throws(StorageError) -> ProgressText
    {
        let (view, catalogue) = try await standing(of: user)
        let (record, progress) = ProgressStep.person(user, view, catalogue)
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.field("user", user)
        ProgressForm.members(record.experience, progress.streak, at: now, to: &writer)
        writeBadges(record, catalogue, to: &writer)
        writer.key("achievements")
        writer.beginArray()
        for achievement in catalogue.all.values.sorted(by: { $0.id < $1.id })
        where !progress.earned.contains(achievement.id) {
            writer.beginObject()
            writer.field("id", achievement.id)
            writer.field("name", achievement.form.name)
            writer.field("description", achievement.form.description)
            writer.field("rarity", achievement.form.rarity.rawValue)
            writer.field("xp", achievement.form.experience)
            let part = progress.parts[achievement.id].flatMap { $0.version == achievement.version ? $0 : nil }
            let measure = (part?.progress ?? RuleProgress(of: achievement.rule)).measure(achievement.rule)
            writer.field("current", measure.current)
            writer.field("target", measure.target)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return ProgressText(text: writer.text())
    }

    /// Writes what everybody may know of a person; nil where nothing is known.
    public func publicProgress(
        of user: String, now: Timestamp = .now()
    ) async throws(StorageError) -> ProgressText? {
        let (view, catalogue) = try await standing(of: user)
        let (record, progress) = ProgressStep.person(user, view, catalogue)
        guard record.streakAt != nil || record.experience > 0 else { return nil }
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.field("user", user)
        writer.field("name", record.name.isEmpty ? user : record.name)
        writer.field("xp", record.experience)
        writer.field("level", ExperienceLevel(record.experience).level)
        writer.field("streak_days", progress.streak.days(at: now))
        writeBadges(record, catalogue, to: &writer)
        writer.endObject()
        return ProgressText(text: writer.text())
    }

    private func standing(
        of user: String
    ) async throws(StorageError) -> (ProgressView, AchievementCatalogue) {
        let view = try await repository.view(of: [user])
        return (view, try await catalogue(view.catalogue))
    }

    private func writeBadges(
        _ record: ProgressPersonRecord, _ catalogue: AchievementCatalogue, to writer: inout JSONWriter
    ) {
        writer.key("badges")
        writer.beginArray()
        for earned in record.earned {
            writer.beginObject()
            if let achievement = catalogue.all[earned.achievement] {
                ProgressForm.members(of: achievement, earned, to: &writer)
            } else {
                writer.field("achievement", earned.achievement)
                writer.field("xp", earned.experience)
                writer.field("at", earned.at.milliseconds)
            }
            writer.endObject()
        }
        writer.endArray()
    }
}

/// A finished JSON text.
public struct ProgressText: Sendable {
    /// The text.
    public let text: String
}
