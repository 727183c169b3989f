import Bytes
import Decimals
import JSON
import Prices

/// A tick that is taken has a price that can be, and makes a candle of itself.
public func fuzzTick(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes.span) else { return }
    let now = Timestamp(milliseconds: 1_763_712_001_050)
    guard let tick = try? Tick(value, source: "fuzz", now: now) else { return }
    require(tick.price.isPositive, "a price is above zero")
    require(tick.volume.map { !$0.isNegative } ?? true, "a volume is not below zero")
    require(Symbol(tick.symbol.text) == tick.symbol, "a symbol is one")
    var series = CandleSeries()
    guard series.take(tick, now: now) == .taken else { return }
    require(series.take(tick, now: now) == .duplicate, "a tick twice is one")
    let candle = series.candle(.oneDay, at: tick.at)
    require(candle?.open == tick.price && candle?.close == tick.price, "a candle of one tick is its price")
    require(candle?.averageVolume == tick.volume, "and its volume")
    var check = PriceCheck(tick.symbol, .all)
    let outcome = check.take(
        primary: SourcePrice(text: tick.price.text), secondary: .price(tick.price, volume: nil),
        primaryName: "a", secondaryName: "b", at: tick.at)
    require(outcome?.value.price == tick.price, "the mean of two equal prices is the price")
    require(outcome?.value.confidence == .high, "which are near each other")
}
