import Achievements
import Bytes
import JSON

func rule(_ json: String) throws -> AchievementRule { try AchievementRule(try JSONValue(parsing: json)) }

/// An event at a number of milliseconds, by the calendar of UTC.
func event(
    _ kind: String = "e", at: Int64 = 0, room: String? = nil, user: String = "u", _ data: String = "{}"
) throws -> ProgressEvent {
    ProgressEvent(
        user: user, kind: kind, room: room, at: Timestamp(milliseconds: at),
        day: at.floorDivided(by: 86_400_000),
        data: try JSONValue(parsing: data))
}

let hour: Int64 = 3_600_000
let day: Int64 = 86_400_000
