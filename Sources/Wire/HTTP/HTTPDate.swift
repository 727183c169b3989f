public import Bytes

/// Moments as `Date` and `Last-Modified` have them (RFC 9110 §5.6.7).
public enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Text like `Sun, 06 Nov 1994 08:49:37 GMT`; the same for a whole second, so keep it that long.
    public static func text(_ time: Timestamp) -> String {
        let seconds = floorDivide(time.milliseconds, 1000)
        let day = floorDivide(seconds, 86_400)
        let second = Int(seconds - day * 86_400)
        let (year, month, date) = civil(day)
        let weekday = days[Int(day - floorDivide(day, 7) * 7)]
        let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(weekday), \(two(date)) \(months[month - 1]) \(year) \(clock) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }

    /// Year, month and day of the month, by the days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level
    /// date algorithms": years begin in March, so that the leap day is their last).
    private static func civil(_ day: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let ofEra = Int(shifted - era * 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = Int(era) * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
