import Bytes

/// Times as texts (RFC 3339).
enum DateTime {
    /// A moment in UTC with milliseconds, as `2026-01-02T03:04:05.678Z`.
    static func text(_ time: Timestamp) -> String {
        let millisecond = time.milliseconds - floor(time.milliseconds, 1000) * 1000
        let seconds = floor(time.milliseconds, 1000)
        let (year, month, day) = date(daysSince1970: floor(seconds, 86_400))
        let second = seconds - floor(seconds, 86_400) * 86_400
        let clock = "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        return "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(clock).\(padded(millisecond, 3))Z"
    }

    /// Days of a month, 1 to 12.
    static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Years that begin in March, in eras of 400 years that all have the same days.
        let days = days + 719_468
        let era = floor(days, 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let isNextYear = month >= 10
        return (yearOfEra + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3, day)
    }

    private static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : (number - divisor + 1) / divisor
    }

    private static func padded(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
