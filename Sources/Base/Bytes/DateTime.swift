/// Times as texts (RFC 3339).
public enum DateTime {
    /// A moment in UTC with milliseconds, as `2026-01-02T03:04:05.678Z`.
    public static func text(_ time: Timestamp) -> String {
        let seconds = time.milliseconds.floorDivided(by: 1000)
        let millisecond = time.milliseconds - seconds * 1000
        let days = seconds.floorDivided(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        let second = seconds - days * 86_400
        let clock = "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        let day = "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
        return "\(day)T\(clock).\(padded(millisecond, 3))Z"
    }

    /// Days of a month, 1 to 12.
    public static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private static func padded(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
