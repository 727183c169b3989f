public import Bytes

/// How long a candle is; all begin at multiples of their length in UTC.
public enum CandleInterval: String, CaseIterable, Sendable {
    /// One minute.
    case oneMinute = "1m"
    /// Five minutes.
    case fiveMinutes = "5m"
    /// A quarter of an hour.
    case quarterHour = "15m"
    /// An hour.
    case oneHour = "1h"
    /// Four hours.
    case fourHours = "4h"
    /// A day.
    case oneDay = "1d"

    /// Its length in milliseconds.
    public var milliseconds: Int64 {
        switch self {
        case .oneMinute: 60_000
        case .fiveMinutes: 300_000
        case .quarterHour: 900_000
        case .oneHour: 3_600_000
        case .fourHours: 14_400_000
        case .oneDay: 86_400_000
        }
    }

    /// When the candle begins in which a moment lies; a candle's end is the next one's.
    public func start(of moment: Timestamp) -> Timestamp {
        let offset = moment.milliseconds % milliseconds
        return Timestamp(milliseconds: moment.milliseconds - offset - (offset < 0 ? milliseconds : 0))
    }
}
