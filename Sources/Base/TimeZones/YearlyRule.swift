import Bytes

/// What goes on in a zone year after year: its clocks' offset, and from when to when they are put forward.
///
/// Written as POSIX's `TZ` is, with RFC 9636's wider hours: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct YearlyRule: Sendable, Equatable {
    /// A day of each year and the hour of the change.
    struct Change: Sendable, Equatable {
        /// How the day is found.
        enum Day: Sendable, Equatable {
            /// The n-th weekday of a month, the last one for 5; Sunday is 0.
            case weekday(month: Int64, week: Int64, day: Int64)
            /// A day from 1 to 365, which leaves 29 February out.
            case withoutLeapDay(Int64)
            /// A day from 0 to 365.
            case ofYear(Int64)
        }

        let day: Day
        /// Seconds from that day's beginning by local clocks; may be before it or days later.
        let seconds: Int64
    }

    let standard: Int64
    /// The offset in summer; nil where clocks are never changed.
    let summer: Int64?
    let begins: Change
    let ends: Change

    func offset(at seconds: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = CivilDate(daysSince1970: (seconds + standard).floorDivided(by: 86_400)).year
        let begin = begins.local(in: year) - standard
        let end = ends.local(in: year) - summer
        let isSummer =
            begin < end ? begin <= seconds && seconds < end : !(end <= seconds && seconds < begin)
        return isSummer ? summer : standard
    }
}

extension YearlyRule.Change {
    /// Its moment in a year by local clocks, as seconds.
    func local(in year: Int64) -> Int64 { dayNumber(in: year) * 86_400 + seconds }

    private func dayNumber(in year: Int64) -> Int64 {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
        switch day {
        case .ofYear(let day): return newYear + day
        case .withoutLeapDay(let day):
            let march = CivilDate(year: year, month: 3, day: 1).daysSince1970
            return day < 60 ? newYear + day - 1 : march + day - 60
        case .weekday(let month, let week, let weekday):
            let first = CivilDate(year: year, month: month, day: 1).daysSince1970
            let next =
                month == 12
                ? CivilDate(year: year + 1, month: 1, day: 1)
                : CivilDate(year: year, month: month + 1, day: 1)
            // 1970-01-01 was a Thursday.
            let ofFirst = (first + 4) - (first + 4).floorDivided(by: 7) * 7
            var found = first + (weekday - ofFirst + 7) % 7 + (week - 1) * 7
            while found >= next.daysSince1970 { found -= 7 }
            return found
        }
    }
}
