public import Bytes

/// The candles of a symbol that may still change, of all intervals.
///
/// A tick is taken in while it lies within the window behind the newest one, and is then right in the candles of all
/// intervals alike, in whatever order ticks come. A candle that ends before the window is final and is forgotten here.
public struct CandleSeries: Sendable {
    private let window: CandleWindow
    private var newest: Timestamp?
    private var memory: TickMemory
    // By interval, each ascending; a handful at most.
    private var candles: [[Candle]] = CandleInterval.allCases.map { _ in [] }

    /// A series of no ticks.
    public init(_ window: CandleWindow = CandleWindow()) {
        self.window = window
        memory = TickMemory(span: window.lateness)
    }

    /// A series that goes on with the candles of a store.
    ///
    /// - Parameter ticks: Those of before that are in the candles, and may be told again.
    public init(
        _ window: CandleWindow = CandleWindow(), restoring kept: [CandleInterval: [Candle]],
        knowing ticks: [Tick] = []
    ) {
        self.init(window)
        for tick in ticks.sorted(by: { $0.at < $1.at }) { _ = memory.insert(tick) }
        for (number, interval) in CandleInterval.allCases.enumerated() {
            candles[number] = (kept[interval] ?? []).sorted { $0.start < $1.start }
        }
        newest = candles.joined().map(\.closeAt).max()
        retire()
    }

    /// Takes in a tick.
    ///
    /// - Parameter now: The clock's moment.
    public mutating func take(_ tick: Tick, now: Timestamp) -> TickVerdict {
        guard tick.at.milliseconds <= now.milliseconds + window.ahead else { return .ahead }
        if let newest, tick.at.milliseconds < newest.milliseconds - window.lateness { return .late }
        guard memory.insert(tick) else { return .duplicate }
        for (number, interval) in CandleInterval.allCases.enumerated() { take(tick, number, interval) }
        if newest.map({ tick.at > $0 }) ?? true {
            newest = tick.at
            retire()
        }
        return .taken
    }

    /// The candle in which a moment lies, while it may still change.
    public func candle(_ interval: CandleInterval, at moment: Timestamp) -> Candle? {
        let start = interval.start(of: moment)
        return candles(interval).last { $0.start == start }
    }

    /// The candles of all intervals in which a moment lies, while they may still change.
    func candles(at moment: Timestamp) -> [(key: CandleKey, candle: Candle)] {
        var found: [(key: CandleKey, candle: Candle)] = []
        found.reserveCapacity(candles.count)
        for (number, interval) in CandleInterval.allCases.enumerated() {
            let start = interval.start(of: moment)
            guard let candle = candles[number].last(where: { $0.start == start }) else { continue }
            found.append((CandleKey(interval: interval, start: start), candle))
        }
        return found
    }

    /// The candles of an interval that may still change, ascending.
    public func candles(_ interval: CandleInterval) -> [Candle] {
        CandleInterval.allCases.firstIndex(of: interval).map { candles[$0] } ?? []
    }

    private mutating func take(_ tick: Tick, _ number: Int, _ interval: CandleInterval) {
        let start = interval.start(of: tick.at)
        let index = candles[number].lastIndex { $0.start <= start }
        if let index, candles[number][index].start == start {
            candles[number][index].take(tick)
        } else {
            candles[number].insert(Candle(tick, interval), at: index.map { $0 + 1 } ?? 0)
        }
    }

    /// Forgets what no tick can change any more.
    private mutating func retire() {
        guard let newest else { return }
        let oldest = Timestamp(milliseconds: newest.milliseconds - window.lateness)
        for (number, interval) in CandleInterval.allCases.enumerated() {
            let first = interval.start(of: oldest)
            let final = candles[number].prefix { $0.start < first }.count
            if final > 0 { candles[number].removeFirst(final) }
        }
    }
}
