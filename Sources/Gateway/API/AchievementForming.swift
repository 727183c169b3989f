import Achievements
import Bytes
import ClientProtocol
import JSON
import Rooms
import Storage

/// What an operator says of an achievement.
struct AchievementForming: Sendable {
    /// What is to be kept; its version is the store's.
    let record: AchievementRecord

    /// Reads a request's body.
    ///
    /// - Parameter id: The id where the path has it; otherwise the body must.
    /// - Throws: ``ClientError`` that names the field; of a rule also the place in it.
    init(_ body: JSONValue, id: String? = nil) throws(ClientError) {
        guard body.object != nil else {
            throw ClientError(.invalidMessage, "The body must be a JSON object.")
        }
        let given = try body.text("id", 1...64)
        guard let id = id ?? given, Achievement.isID(id) else {
            throw .invalid("id", "An id is 1 to 64 lower-case letters, digits, \"_\" and \"-\".")
        }
        guard let name = try body.text("name", 1...100), TextRules.isName(name) else {
            throw .invalid("name", "An achievement needs a name of 1 to 100 characters to see.")
        }
        let rarity = try body.text("rarity", 1...16) ?? BadgeRarity.common.rawValue
        guard BadgeRarity(rawValue: rarity) != nil else {
            let words = BadgeRarity.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("rarity", "\"rarity\" is one of \(words).")
        }
        guard let json = body["rule"] else { throw .invalid("rule", "An achievement needs a \"rule\".") }
        _ = try AchievementForming.rule(json)
        var writer = JSONWriter()
        json.write(to: &writer)
        record = AchievementRecord(
            id: id, active: try body.flag("active") ?? true, name: name,
            description: try body.text("description", 0...1000) ?? "",
            experience: try body.integer("xp", 0...1_000_000) ?? 0, rarity: rarity, rule: writer.text(),
            mint: try body.text("mint", 1...256))
    }

    /// Reads a rule.
    ///
    /// - Throws: ``ClientError`` with the place of what is wrong in its details.
    static func rule(_ json: JSONValue) throws(ClientError) -> AchievementRule {
        do throws(RuleError) {
            return try AchievementRule(json)
        } catch {
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("place", error.place)
            writer.endObject()
            var refusal = ClientError.invalid("rule", "\(error.place): \(error.message).")
            refusal.details = writer.text()
            throw refusal
        }
    }
}
