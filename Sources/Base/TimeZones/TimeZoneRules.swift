public import Bytes

/// The rules of one time zone: how far its clocks are from UTC at any moment.
public struct TimeZoneRules: Sendable {
    /// The zone's name in the IANA database, as `Europe/Berlin`.
    public let name: String
    /// The moments at which clocks changed, in seconds since 1970, oldest first.
    private let moments: [Int64]
    /// The offset from each of them on.
    private let offsets: [Int64]
    /// The offset before the first of them.
    private let first: Int64
    /// What goes on after the last of them.
    private let rule: YearlyRule?

    init(name: String, moments: [Int64], offsets: [Int64], first: Int64, rule: YearlyRule?) {
        self.name = name
        self.moments = moments
        self.offsets = offsets
        self.first = first
        self.rule = rule
    }

    /// Universal time, which every system knows.
    public static let utc = TimeZoneRules(name: "UTC", moments: [], offsets: [], first: 0, rule: nil)

    /// How far local clocks are ahead of UTC, in seconds.
    public func offsetSeconds(at moment: Timestamp) -> Int64 {
        let seconds = moment.milliseconds.floorDivided(by: 1000)
        if let last = moments.last, seconds < last { return offsets(before: seconds) }
        return rule?.offset(at: seconds) ?? offsets.last ?? first
    }

    private func offsets(before seconds: Int64) -> Int64 {
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }

    /// The date that calendars show there.
    public func civilDate(at moment: Timestamp) -> CivilDate {
        CivilDate(daysSince1970: localSeconds(at: moment).floorDivided(by: 86_400))
    }

    /// The minute of the day that clocks show there: 0 to 1439.
    public func minuteOfDay(at moment: Timestamp) -> Int {
        let local = localSeconds(at: moment)
        return Int((local - local.floorDivided(by: 86_400) * 86_400) / 60)
    }

    private func localSeconds(at moment: Timestamp) -> Int64 {
        moment.milliseconds.floorDivided(by: 1000) + offsetSeconds(at: moment)
    }
}
