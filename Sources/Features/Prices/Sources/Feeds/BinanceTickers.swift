import Bytes
import Decimals
import JSON

/// Binance's combined streams of `@ticker`: each symbol's last price, once a second.
///
/// `{"stream":"btcusdt@ticker","data":{"e":"24hrTicker","E":1672515782136,"s":"BTCUSDT","c":"64000.01","Q":"0.5","L":18150}}`
public struct BinanceTickers: TickerSource {
    /// Its public address.
    public static let address = "wss://stream.binance.com:9443/stream"
    /// Streams of one request: it takes few messages in a second.
    private static let requestLimit = 200

    /// What its prices name as their source.
    public let name = "binance"
    /// A ticker sums up a second.
    public let tellsEachTrade = false

    /// The source.
    public init() {}

    /// What subscribes to these symbols.
    public func requests(for ids: [String]) -> [[UInt8]] {
        stride(from: 0, to: ids.count, by: BinanceTickers.requestLimit).map { first in
            let part = ids[first..<min(first + BinanceTickers.requestLimit, ids.count)]
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("method", "SUBSCRIBE")
            writer.key("params")
            writer.beginArray()
            for id in part { writer.value("\(id.lowercased())@ticker") }
            writer.endArray()
            writer.field("id", first / BinanceTickers.requestLimit + 1)
            writer.endObject()
            return [UInt8](writer.span)
        }
    }

    /// What a message says.
    public func read(_ message: [UInt8]) throws(SourceFault) -> TickerEvent? {
        guard let value = try? JSONValue(parsing: message.span), value.object != nil else { throw .nonsense }
        if let error = value["error"], let words = error["msg"]?.string { throw .refused(words) }
        // Combined streams wrap what raw ones say.
        let data = value["data"] ?? value
        if data["e"]?.string == "serverShutdown" { throw .refused("it shuts down") }
        guard data["e"]?.string == "24hrTicker" else { return nil }
        guard let symbol = data["s"]?.string, let price = SourceNumber.read(data["c"]), price.isPositive
        else { throw .nonsense }
        return .ticker(
            Ticker(
                id: symbol.lowercased(), price: price,
                volume: SourceNumber.read(data["Q"]).flatMap { $0.isNegative ? nil : $0 },
                at: data["E"]?.integer.map(Timestamp.init(milliseconds:)), trade: data["L"]?.integer))
    }
}
