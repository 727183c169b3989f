public import Bytes

/// Moments as `Date` and `Last-Modified` have them (RFC 9110 §5.6.7).
public enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Text like `Sun, 06 Nov 1994 08:49:37 GMT`; the same for a whole second, so keep it that long.
    public static func text(_ time: Timestamp) -> String {
        let seconds = time.milliseconds.floorDivided(by: 1000)
        let day = seconds.floorDivided(by: 86_400)
        let second = seconds - day * 86_400
        let date = CivilDate(daysSince1970: day)
        let weekday = days[Int(day - day.floorDivided(by: 7) * 7)]
        let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(weekday), \(two(date.day)) \(months[Int(date.month) - 1]) \(date.year) \(clock) GMT"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
