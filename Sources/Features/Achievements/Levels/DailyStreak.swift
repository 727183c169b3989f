public import Bytes

/// On how many days somebody was active without a break.
///
/// Days are those of the person's own calendar. It is lost when more than 48 hours lie between two activities, so a
/// single day may be missing; such a day does not count.
public struct DailyStreak: Hashable, Sendable {
    /// How long a pause may be, in milliseconds.
    public static let patience: Int64 = 48 * 3_600_000
    /// From how many days on an award is half as much again.
    public static let bonusDays: Int64 = 7

    /// The number of active days; 0 before the first activity.
    public private(set) var days: Int64 = 0
    /// The last activity's moment; nil before the first one.
    public private(set) var last: Timestamp?
    /// The last active day.
    private(set) var lastDay: Int64 = 0

    /// A streak before the first activity.
    public init() {}

    init(days: Int64, last: Timestamp, lastDay: Int64) {
        self.days = days
        self.last = last
        self.lastDay = lastDay
    }

    /// Counts an activity. One that is told late, with a moment before the last one's, changes nothing.
    ///
    /// - Parameter day: The day of it by the person's calendar, as a number that rises by one a day.
    public mutating func count(_ moment: Timestamp, day: Int64) {
        guard let last, days > 0 else {
            self = DailyStreak(days: 1, last: moment, lastDay: day)
            return
        }
        guard moment >= last else { return }
        if moment.milliseconds - last.milliseconds > DailyStreak.patience {
            days = 1
            lastDay = day
        } else if day > lastDay {
            // Where somebody has moved to the west, a day may come again: it counts once.
            days += 1
            lastDay = day
        }
        self.last = moment
    }

    /// The last moment at which an activity still continues it; nil where there is none.
    public var deadline: Timestamp? {
        last.map { Timestamp(milliseconds: $0.milliseconds + DailyStreak.patience) }
    }

    /// How many days it has at a moment: none once it is lost.
    public func days(at moment: Timestamp) -> Int64 {
        guard let deadline, moment <= deadline else { return 0 }
        return days
    }

    /// What an award of so much comes to with this streak: half as much again from the seventh day on, rounded half up.
    public func award(_ base: Int64) -> Int64 {
        days >= DailyStreak.bonusDays ? base + (base + 1) / 2 : base
    }
}
