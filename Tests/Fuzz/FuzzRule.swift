import Achievements
import Bytes
import JSON

/// A rule that is taken is bounded, and the progress made with any event is kept and read again as it was.
public func fuzzRule(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes.span) else { return }
    let rule: AchievementRule
    do throws(RuleError) {
        rule = try AchievementRule(json)
    } catch {
        require(error.place.utf8.first == UInt8(ascii: "$"), "a fault has a place")
        return
    }
    require((1...AchievementRule.conditionLimit).contains(rule.kinds.count), "conditions are bounded")
    var progress = RuleProgress(of: rule)
    for kind in rule.kinds {
        for at in [0, 1, 172_800_001, -5, Int64.max / 4] {
            // The rule's own text is as good as any data.
            let event = ProgressEvent(
                user: "u", kind: kind, room: "r", at: Timestamp(milliseconds: at), day: at / 86_400_000,
                data: json)
            _ = progress.take(event, rule)
        }
    }
    require(RuleProgress(progress.text, of: rule) == progress, "progress reads back the same")
    require(progress.text.utf8.count < 1 << 18, "progress is small")
    _ = progress.measure(rule)
}
