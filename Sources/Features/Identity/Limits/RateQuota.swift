/// So many in a time, all of them at once if need be, which come back evenly over that time.
public struct RateQuota: Hashable, Sendable {
    /// The greatest number: beyond it a limiter's arithmetic would not fit.
    public static let most: Int64 = 1_000_000

    /// How many; 0 for no limit.
    public let count: Int64
    /// The time in which all of them come back, in milliseconds.
    public let milliseconds: Int64

    /// A quota.
    ///
    /// - Parameters:
    ///   - count: 0 to ``most``; 0 for no limit.
    ///   - milliseconds: The time in which all of them come back, a year at most.
    public init(_ count: Int, per milliseconds: Int64) {
        self.count = min(max(0, Int64(count)), RateQuota.most)
        self.milliseconds = min(max(1, milliseconds), 31_536_000_000)
    }

    /// So many in a quarter of an hour, as sign-ins are counted.
    public static func quarterHour(_ count: Int) -> RateQuota { RateQuota(count, per: 900_000) }

    /// So many in an hour, as requests are counted.
    public static func hour(_ count: Int) -> RateQuota { RateQuota(count, per: 3_600_000) }
}
