/// A day in the calendar of Gregory, also before it was in use.
///
/// Calculated after H. Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so that the leap day
/// is their last, and go by eras of 400, which all have the same number of days.
public struct CivilDate: Hashable, Sendable {
    /// The year, with a year 0.
    public let year: Int64
    /// 1 to 12.
    public let month: Int64
    /// The day of the month, from 1.
    public let day: Int64

    /// A date that there is.
    public init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of a day since 1970-01-01.
    public init(daysSince1970 days: Int64) {
        let days = days + CivilDate.shift
        let era = days.floorDivided(by: CivilDate.daysOfEra)
        let dayOfEra = days - era * CivilDate.daysOfEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let isNextYear = fromMarch >= 10
        self.init(
            year: yearOfEra + era * 400 + (isNextYear ? 1 : 0),
            month: isNextYear ? fromMarch - 9 : fromMarch + 3, day: dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }

    /// The days from 1970-01-01 to it.
    public var daysSince1970: Int64 {
        let isNextYear = month <= 2
        let shifted = year - (isNextYear ? 1 : 0)
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (isNextYear ? month + 9 : month - 3) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * CivilDate.daysOfEra + dayOfEra - CivilDate.shift
    }

    private static let daysOfEra: Int64 = 146_097
    /// From the beginning of an era, 0000-03-01, to 1970-01-01.
    private static let shift: Int64 = 719_468
}

extension Int64 {
    /// The quotient, rounded towards negative numbers.
    public func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
