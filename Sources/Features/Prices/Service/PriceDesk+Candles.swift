import Bytes
import JSON
import PubSub
import Reactor
import Storage

// Candles: what of them changes with each tick, who hears of it, and who makes them where there are several processes.
extension PriceDesk {
    func noteCandles(_ tick: Tick) {
        let now = candles.candles(tick.symbol, at: tick.at)
        writing.set(now, of: tick.symbol)
        guard wanted.contains(tick.symbol) else { return }
        if changed.isEmpty { startTimer(PriceDesk.candleTimer) }
        for (key, _) in now where wanted.contains(tick.symbol, key.interval) {
            changed[tick.symbol, default: []].insert(key)
        }
    }

    /// Tells candles that have changed to those who listen; the older one of an interval first.
    func tellCandles() {
        guard makesCandles else { return }
        for (symbol, keys) in changed {
            for key in keys.sorted(by: { $0.start < $1.start }) {
                guard let candle = candles.candle(symbol, key.interval, at: key.start) else { continue }
                tell(candle, on: key.channel(of: symbol))
            }
        }
        changed = [:]
    }

    /// Tells who has just come where a candle stands.
    func tellCandles(on channel: String) {
        guard let name = CandleChannel(channel) else { return }
        let isNew = wanted.add(name, limit: settings.symbols, at: loop.now)
        // Elsewhere they find in the topic what was told last.
        guard makesCandles, isNew || hints == nil,
            let newest = candles.candles(name.symbol, name.interval).last
        else { return }
        tell(newest, on: channel)
    }

    private func tell(_ candle: Candle, on channel: String) {
        // Who listens may be connected to any process.
        guard hints != nil else { return topics.post(.offer(channel: channel, data: candle.jsonObject)) }
        topics.post(
            .publish(
                TopicPublication(
                    channel: channel, data: candle.jsonObject, publisher: "", clientID: nil, reply: .none)))
    }

    // MARK: Candles of several processes

    /// Whether candles are made here.
    var makesCandles: Bool { !settings.isStoreShared || writing.term != nil }

    func beginCandles(_ term: Int64, _ past: PricePast) {
        candles = CandleBook(settings.window)
        changed = [:]
        writing.beginCandles(term)
        learn(past.prices)
        restoreCandles(past)
        writeMended(past)
        hints?.post(.candlesMoved)
    }

    func endCandles() {
        guard settings.isStoreShared else { return }
        changed = [:]
        writing.endCandles()
    }

    /// Takes in what other processes were told; a repeat of what was told here is none.
    func takeOwed(_ owed: [OwedTick], _ answer: @escaping @Sendable (Bool) -> Void) {
        guard makesCandles, let last = owed.last else { return answer(false) }
        let now = Timestamp.now()
        for record in owed {
            // How far ahead a tick may be was judged where it arrived.
            guard let tick = Tick(record.tick), candles.take(tick, now: max(now, tick.at)) == .taken else {
                continue
            }
            noteCandles(tick)
        }
        writing.settle(last.seq)
        writing.whenWritten { [weak self] error in answer(error == nil && self?.makesCandles == true) }
    }
}
