public import ClientProtocol
public import Storage

/// What others ask of the desk of prices.
public enum PriceMail: Sendable {
    /// Ticks that arrived together.
    case ticks([Tick], @Sendable (TickReceipt) -> Void)
    /// Prices of which no source says anything any more.
    case stale([QuotedPrice])
    /// Newest prices that other processes have written.
    case known([PriceRecord])
    /// What other processes have made of symbols that are told here from now on.
    case past(PricePast, @Sendable () -> Void)
    /// The newest prices of these symbols; of all with nil. In the order of the symbols.
    case prices([Symbol]?, @Sendable ([QuotedPrice]) -> Void)
    /// Ticks that other processes were told, for candles that are made here; answered when that is durable, with whether
    /// it is.
    case owed([OwedTick], @Sendable (Bool) -> Void)
    /// Candles are made here from now on, by this term and from here on.
    case makeCandles(term: Int64, PricePast, @Sendable () -> Void)
    /// Candles are made elsewhere from now on.
    case giveUpCandles(@Sendable () -> Void)
    /// Whether candles are made here.
    case makesCandles(@Sendable (Bool) -> Void)
    /// Prices that have become old, as the store has them now, and those among them that it is here to tell of.
    case marked([PriceRecord], told: Set<String>)
    /// The candles that may still change, oldest first; none where another process makes them.
    case candle(Symbol, CandleInterval, @Sendable ([Candle]) -> Void)
    /// Somebody, here or elsewhere, listens to these channels of candles.
    case candlesWanted([String])
    /// What has gathered is to be written.
    case start
    /// A write has ended.
    case written(Result<PriceBatchOutcome, StorageError>)
}

/// What became of ticks that arrived together; told when those accepted are durable.
public struct TickReceipt: Sendable {
    /// One that was not taken.
    public struct Refusal: Sendable {
        /// Its place among those that arrived.
        public let index: Int
        /// Why.
        public let error: ClientError

        /// A refusal.
        public init(index: Int, error: ClientError) {
            self.index = index
            self.error = error
        }
    }

    /// How many are new.
    public internal(set) var accepted = 0
    /// How many were there before.
    public internal(set) var repeated = 0
    /// Those not taken.
    public var refused: [Refusal] = []
}
