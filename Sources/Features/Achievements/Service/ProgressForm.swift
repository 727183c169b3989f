public import Bytes
public import JSON
public import Storage

/// Progress as JSON.
public enum ProgressForm {
    /// Writes experience, level and streak as members of an object that is begun.
    public static func members(
        _ experience: Int64, _ streak: DailyStreak, at now: Timestamp, to writer: inout JSONWriter
    ) {
        let level = ExperienceLevel(experience)
        writer.field("xp", experience)
        writer.field("level", level.level)
        writer.field("next_level_xp", level.next)
        writer.field("xp_to_next", level.missing)
        writer.key("streak")
        writer.beginObject()
        let days = streak.days(at: now)
        writer.field("days", days)
        if days > 0, let deadline = streak.deadline { writer.field("deadline", deadline.milliseconds) }
        writer.endObject()
    }

    /// Writes an earned achievement as members of an object that is begun.
    static func members(
        of achievement: Achievement, _ record: EarnedRecord, namesRoom: Bool = true,
        to writer: inout JSONWriter
    ) {
        writer.field("achievement", achievement.id)
        writer.field("name", achievement.form.name)
        writer.field("description", achievement.form.description)
        writer.field("rarity", achievement.form.rarity.rawValue)
        writer.field("xp", record.experience)
        if namesRoom { writer.field("room", ifPresent: record.room) }
        writer.field("at", record.at.milliseconds)
        writer.field("mint", ifPresent: record.mint)
    }

    /// Writes an achievement with all that makes it.
    public static func write(_ record: AchievementRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", record.id)
        writer.field("version", record.version)
        writer.field("active", record.active)
        writer.field("name", record.name)
        writer.field("description", record.description)
        writer.field("xp", record.experience)
        writer.field("rarity", record.rarity)
        writer.key("rule")
        writer.raw(record.rule.utf8Span.span)
        writer.field("mint", ifPresent: record.mint)
        writer.field("at", record.at.milliseconds)
        writer.endObject()
    }

    /// Writes standings as an array.
    public static func write(_ standings: [BoardStanding], to writer: inout JSONWriter) {
        writer.beginArray()
        for standing in standings { write(standing, to: &writer) }
        writer.endArray()
    }

    /// Writes somebody's place.
    public static func write(_ standing: BoardStanding, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("rank", standing.rank)
        writer.key("user")
        writer.beginObject()
        writer.field("id", standing.user)
        writer.field("name", standing.name.isEmpty ? standing.user : standing.name)
        writer.endObject()
        writer.field("xp", standing.experience)
        writer.endObject()
    }
}

extension Achievement {
    /// What the store has; nil where it is none.
    public init?(_ record: AchievementRecord) {
        guard let json = try? JSONValue(parsing: record.rule), let rule = try? AchievementRule(json),
            let rarity = BadgeRarity(rawValue: record.rarity)
        else { return nil }
        self.init(
            id: record.id, version: record.version, isActive: record.active,
            form: AchievementForm(
                name: record.name, description: record.description, experience: record.experience,
                rarity: rarity, mint: record.mint), rule: rule)
    }
}
