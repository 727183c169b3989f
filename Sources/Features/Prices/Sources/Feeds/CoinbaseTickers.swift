import Bytes
import Decimals
import JSON

/// Coinbase Exchange's channel `ticker`, with `heartbeat` beside it, which says each second what the last trade was.
///
/// `{"type":"ticker","sequence":37475248783,"product_id":"BTC-USD","price":"64000.01","last_size":"0.5",
/// "trade_id":20153558,"time":"2026-11-22T17:05:49.250000Z"}`
public struct CoinbaseTickers: TickerSource {
    /// Its public address.
    public static let address = "wss://ws-feed.exchange.coinbase.com"

    /// What its prices name as their source.
    public let name = "coinbase"
    /// Each trade has the number after the one before.
    public let tellsEachTrade = true

    /// The source.
    public init() {}

    /// What subscribes to these products; it answers with the newest price of each.
    public func requests(for ids: [String]) -> [[UInt8]] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("type", "subscribe")
        writer.key("product_ids")
        writer.beginArray()
        for id in ids { writer.value(id) }
        writer.endArray()
        writer.key("channels")
        writer.beginArray()
        writer.value("ticker")
        writer.value("heartbeat")
        writer.endArray()
        writer.endObject()
        return [[UInt8](writer.span)]
    }

    /// What a message says.
    public func read(_ message: [UInt8]) throws(SourceFault) -> TickerEvent? {
        guard let value = try? JSONValue(parsing: message.span), let type = value["type"]?.string else {
            throw .nonsense
        }
        switch type {
        case "ticker":
            guard let id = value["product_id"]?.string, let price = SourceNumber.read(value["price"]),
                price.isPositive
            else { throw .nonsense }
            return .ticker(
                Ticker(
                    id: id, price: price,
                    volume: SourceNumber.read(value["last_size"]).flatMap { $0.isNegative ? nil : $0 },
                    at: value["time"]?.string.flatMap(SourceTime.read), trade: value["trade_id"]?.integer))
        case "heartbeat":
            guard let id = value["product_id"]?.string, let number = value["last_trade_id"]?.integer else {
                throw .nonsense
            }
            return .lastTrade(id: id, number: number)
        case "error": throw .refused(value["message"]?.string ?? "error")
        // More types may come at any time.
        default: return nil
        }
    }
}
