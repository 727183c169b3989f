import Bytes
import ClientProtocol
import Decimals
import HTTP
import Identity
import JSON
import Prices
import Rooms
import Storage

/// Ticks and candles of before.
struct PriceHistoryRoutes {
    /// Candles of one answer about many symbols: two megabytes at most.
    private static let candleLimit = 20_000

    private let service: PriceService

    init(_ service: PriceService) { self.service = service }

    /// The routes.
    var all: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/prices/{}/ticks") { (request) async throws(ClientError) in
                let symbol = try PriceRoutes.symbol(request)
                let range = try PriceRange(request)
                let position = try range.position
                let ticks: [TickRecord]
                do throws(StorageError) {
                    ticks = try await service.history.ticks(
                        of: symbol.text, from: range.from, to: range.end, after: position,
                        limit: range.limit)
                } catch {
                    throw error.clientError
                }
                if range.isCSV { return PriceHistoryRoutes.csv(ticks, range) }
                return PriceHistoryRoutes.answer(ticks, isFull: ticks.count == range.limit)
            },
            Route(.get, "/api/v1/prices/candles") { (request) async throws(ClientError) in
                try await PriceHistoryRoutes.candlesOfMany(request, service)
            },
            Route(.get, "/api/v1/prices/{}/candles") { (request) async throws(ClientError) in
                try await PriceHistoryRoutes.candles(request, service)
            },
        ]
    }

    private static func candles(
        _ request: APIRequest, _ service: PriceService
    ) async throws(ClientError) -> HTTPResponse {
        let symbol = try PriceRoutes.symbol(request)
        let interval = try interval(request)
        let range = try PriceRange(request, usual: interval.milliseconds * 100)
        let series = try await series(symbol, interval, range, service)
        if range.isCSV { return csv(series, range) }
        var writer = JSONWriter(capacity: 64 + series.count * 128)
        writer.beginObject()
        writer.field("symbol", symbol.text)
        writer.field("interval", interval.rawValue)
        writer.key("candles")
        write(series, to: &writer)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    /// The same of many symbols, for a list of them, in one request.
    private static func candlesOfMany(
        _ request: APIRequest, _ service: PriceService
    ) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        guard let symbols = try PriceRoutes.symbols(request) else {
            throw .invalid("symbols", "Say of which \"symbols\", as BTC-USD,ETH-USD.")
        }
        let interval = try interval(request)
        let range = try PriceRange(request, usual: interval.milliseconds * 100)
        guard !range.isCSV else {
            throw .invalid("format", "\"format\" is json where many symbols are asked for.")
        }
        guard symbols.count * range.limit <= candleLimit else {
            throw .invalid("limit", "\"limit\" times the symbols is at most \(candleLimit).")
        }
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.field("interval", interval.rawValue)
        writer.key("candles")
        writer.beginObject()
        var seen: Set<Symbol> = []
        for symbol in symbols where person.maySubscribe(symbol.priceChannel) && seen.insert(symbol).inserted {
            writer.key(dynamic: symbol.text)
            write(try await series(symbol, interval, range, service), to: &writer)
        }
        writer.endObject()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func interval(_ request: APIRequest) throws(ClientError) -> CandleInterval {
        guard let interval = CandleInterval(rawValue: request.query("interval") ?? "1h") else {
            let names = CandleInterval.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("interval", "\"interval\" is one of \(names).")
        }
        return interval
    }

    private static func series(
        _ symbol: Symbol, _ interval: CandleInterval, _ range: PriceRange, _ service: PriceService
    ) async throws(ClientError) -> [Candle] {
        var candles: [Timestamp: Candle] = [:]
        let kept = try await Route.stored { () async throws(StorageError) in
            try await service.history.candles(
                of: symbol.text, interval: interval.rawValue, from: range.from, to: range.end,
                limit: range.limit, newest: !range.hasBeginning)
        }
        for record in kept { if let candle = Candle(record) { candles[candle.start] = candle } }
        let last = candles.keys.max()
        // What is under way to the store is newer than what is there.
        for candle in await service.openCandles(symbol, interval)
        where candle.start >= range.from && candle.start < range.end
            && (candles[candle.start] != nil
                || candles.count < range.limit && candle.start > last ?? range.from)
        {
            candles[candle.start] = candle
        }
        return candles.values.sorted { $0.start < $1.start }
    }

    private static func write(_ candles: [Candle], to writer: inout JSONWriter) {
        writer.beginArray()
        for candle in candles {
            writer.beginObject()
            candle.writeMembers(to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func csv(_ candles: [Candle], _ range: PriceRange) -> HTTPResponse {
        var text = "start,open,high,low,close,average_volume,ticks\r\n"
        for candle in candles {
            text +=
                "\(range.text(candle.start)),\(candle.open),\(candle.high),\(candle.low),\(candle.close),"
            text += "\(candle.averageVolume?.text ?? ""),\(candle.tickCount)\r\n"
        }
        return HTTPResponse(.ok, text: text, type: .csv)
    }

    private static func answer(_ ticks: [TickRecord], isFull: Bool) -> HTTPResponse {
        let next = isFull ? ticks.last.map { TickPosition($0).cursor } : nil
        return .page("ticks", Page(items: ticks, cursor: next)) { tick, writer in
            writer.beginObject()
            writer.field("at", tick.at.milliseconds)
            writer.field("price", tick.price)
            writer.field("volume", ifPresent: tick.volume)
            writer.field("source", tick.source)
            writer.endObject()
        }
    }

    private static func csv(_ ticks: [TickRecord], _ range: PriceRange) -> HTTPResponse {
        var text = "at,price,volume,source\r\n"
        for tick in ticks {
            text += "\(range.text(tick.at)),\(tick.price),\(tick.volume ?? ""),\(CSV.field(tick.source))\r\n"
        }
        var response = HTTPResponse(.ok, text: text, type: .csv)
        if let last = ticks.last { response.headers.set("x-next-cursor", TickPosition(last).cursor) }
        return response
    }
}

/// Fields of comma-separated values (RFC 4180).
enum CSV {
    /// A text as a field: quoted where it has to be, and never what a spreadsheet would take for a formula.
    static func field(_ text: String) -> String {
        let isFormula = text.utf8.first.map { "=+-@".utf8.contains($0) } ?? false
        guard isFormula || text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        let escaped = text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        return "\"\(isFormula ? "'" : "")\(escaped)\""
    }
}
