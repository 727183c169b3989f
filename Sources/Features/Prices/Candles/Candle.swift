public import Bytes
public import Decimals
public import JSON

/// What a price did in an interval: first, highest, lowest and last price, and the average volume of its ticks.
///
/// Takes ticks in any order of their times: the first price is the earliest's and the last the latest's, and within a
/// millisecond what arrived first is earlier.
public struct Candle: Hashable, Sendable, JSONMembers {
    /// When it begins.
    public let start: Timestamp
    /// The earliest price.
    public private(set) var open: ExactDecimal
    /// When that was; together with the price a store must keep it for candles that may still change.
    public private(set) var openAt: Timestamp
    /// The highest price.
    public private(set) var high: ExactDecimal
    /// The lowest price.
    public private(set) var low: ExactDecimal
    /// The latest price.
    public private(set) var close: ExactDecimal
    /// When that was.
    public private(set) var closeAt: Timestamp
    /// The sum of the volumes, of those ticks that have one.
    public private(set) var volumes: DecimalSum
    /// How many ticks it is made of.
    public private(set) var tickCount: Int

    /// The candle of its first tick.
    public init(_ tick: Tick, _ interval: CandleInterval) {
        start = interval.start(of: tick.at)
        (open, high, low, close) = (tick.price, tick.price, tick.price, tick.price)
        (openAt, closeAt) = (tick.at, tick.at)
        volumes = DecimalSum(tick.volume.map { [$0] } ?? [])
        tickCount = 1
    }

    /// A candle as it was kept.
    public init(
        start: Timestamp, open: ExactDecimal, openAt: Timestamp, high: ExactDecimal, low: ExactDecimal,
        close: ExactDecimal, closeAt: Timestamp, volumes: DecimalSum, tickCount: Int
    ) {
        self.start = start
        self.open = open
        self.openAt = openAt
        self.high = high
        self.low = low
        self.close = close
        self.closeAt = closeAt
        self.volumes = volumes
        self.tickCount = tickCount
    }

    /// Takes in a further tick of the same interval, arrived behind all before it.
    public mutating func take(_ tick: Tick) {
        if tick.at < openAt { (open, openAt) = (tick.price, tick.at) }
        if tick.at >= closeAt { (close, closeAt) = (tick.price, tick.at) }
        high = max(high, tick.price)
        low = min(low, tick.price)
        if let volume = tick.volume { volumes.add(volume) }
        tickCount += 1
    }

    /// The mean of the volumes, half to even at the 18th place; nil where no tick has one.
    public var averageVolume: ExactDecimal? { volumes.mean }

    /// Writes the members of a candle.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.field("start", start.milliseconds)
        writer.field("open", open)
        writer.field("high", high)
        writer.field("low", low)
        writer.field("close", close)
        writer.field("average_volume", ifPresent: averageVolume)
        writer.field("ticks", tickCount)
    }
}
