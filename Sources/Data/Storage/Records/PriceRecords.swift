public import Bytes

/// A price at a moment, as a source told it.
///
/// Numbers are exact decimals as text; the store neither reads nor rounds them.
public struct TickRecord: Sendable, Hashable {
    /// What it is the price of.
    public var symbol: String
    /// When it was so.
    public var at: Timestamp
    /// Who told it.
    public var source: String
    /// What a repeat of it by the same source has in common with it.
    public var key: String
    /// Its place among all that arrived: of two ticks of one millisecond the lower number came first.
    public var number: Int64
    /// The price.
    public var price: String
    /// What was traded, where the source says so.
    public var volume: String?

    /// A tick.
    public init(
        symbol: String, at: Timestamp, source: String, key: String, number: Int64, price: String,
        volume: String? = nil
    ) {
        self.symbol = symbol
        self.at = at
        self.source = source
        self.key = key
        self.number = number
        self.price = price
        self.volume = volume
    }
}

/// The newest price of a symbol, and how sure it is.
public struct PriceRecord: Sendable, Hashable {
    /// What it is the price of.
    public var symbol: String
    /// The price.
    public var price: String
    /// `high`, `medium`, `low` or `stale`.
    public var confidence: String
    /// When it was so.
    public var at: Timestamp
    /// Who told it.
    public var source: String
    /// What was traded, where the source says so.
    public var volume: String?

    /// A price.
    public init(
        symbol: String, price: String, confidence: String, at: Timestamp, source: String,
        volume: String? = nil
    ) {
        self.symbol = symbol
        self.price = price
        self.confidence = confidence
        self.at = at
        self.source = source
        self.volume = volume
    }
}

/// What the prices of a symbol came to in an interval.
public struct CandleRecord: Sendable, Hashable {
    /// What it is a candle of.
    public var symbol: String
    /// The interval's name, as `1h`.
    public var interval: String
    /// When the interval began.
    public var start: Timestamp
    /// The first, highest, lowest and last price.
    public var open, high, low, close: String
    /// What was traded in all, by those ticks that say so; nil where none does.
    public var volume: String?
    /// How many ticks say so.
    public var volumeCount: Int64
    /// How many ticks there were.
    public var tickCount: Int64
    /// When the first and the last price were, so that a late tick finds its place.
    public var openAt, closeAt: Timestamp

    /// A candle.
    public init(
        symbol: String, interval: String, start: Timestamp, open: String, high: String, low: String,
        close: String, openAt: Timestamp, closeAt: Timestamp, volume: String?, volumeCount: Int64,
        tickCount: Int64
    ) {
        self.symbol = symbol
        self.interval = interval
        self.start = start
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.volumeCount = volumeCount
        self.tickCount = tickCount
        self.openAt = openAt
        self.closeAt = closeAt
    }
}

/// What one transaction of the prices' store carries.
public struct PriceBatch: Sendable {
    /// Ticks; those that are there already are left as they are.
    public var ticks: [TickRecord] = []
    /// Those of them that moved their symbols' prices, by their places; alerts look at these.
    public var moves: [Int] = []
    /// Newest prices, at most one of a symbol.
    public var prices: [PriceRecord] = []
    /// Candles as they are now, each at most once.
    public var candles: [CandleRecord] = []
    /// Those of the ticks that are in no candle yet, by their places: whoever makes candles takes them in.
    public var owed: [Int] = []
    /// By which right it writes candles, where several processes have a store in common; nil where one is alone.
    public var term: Int64?
    /// Up to where the candles have taken in what was owed; nil for nothing.
    public var settled: Int64?
    /// Whether it is written only where none of its ``prices``' symbols has a price: of two processes that begin
    /// together one writes.
    public var isBeginning = false

    /// Nothing yet.
    public init() {}

    /// Whether there is nothing to write.
    public var isEmpty: Bool { ticks.isEmpty && prices.isEmpty && candles.isEmpty && settled == nil }
}

/// What a batch leaves to do.
public struct PriceBatchOutcome: Sendable, Hashable {
    /// How many values alerts have to look at.
    public var watched = 0
    /// How many ticks candles are still to take in.
    public var owed = 0
    /// Whether its candles are written; another process makes them where they are not.
    public var hasCandles = true

    /// Nothing.
    public init() {}
}
