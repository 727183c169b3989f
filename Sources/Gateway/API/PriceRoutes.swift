import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Prices
import Rooms
import Storage

/// Prices over HTTP.
struct PriceRoutes {
    /// Ticks of one request.
    static let batchLimit = 1000
    /// Symbols of one question.
    private static let symbolLimit = 100

    private let service: PriceService

    init(_ service: PriceService) { self.service = service }

    /// The routes.
    var all: [Route] { (reading + telling + RiskRoutes(service.risk).all).forKeys(.open) }

    private var telling: [Route] {
        let service = service
        return [
            Route(.post, "/api/v1/prices") { (request) async throws(ClientError) in
                let person = try request.person
                let body = try request.json
                guard let items = body.array else {
                    let receipt = await service.take([try PriceRoutes.tick(body, person)])
                    if let refused = receipt.refused.first { throw refused.error }
                    return PriceRoutes.answer(receipt)
                }
                guard items.count <= PriceRoutes.batchLimit else {
                    throw ClientError(.tooLarge, "At most \(PriceRoutes.batchLimit) ticks at once.")
                }
                return PriceRoutes.answer(await PriceRoutes.take(items, person, service))
            }
        ]
    }

    private var reading: [Route] {
        let service = service
        let all = [
            Route(.get, "/api/v1/prices") { (request) async throws(ClientError) in
                let person = try request.person
                let symbols = try PriceRoutes.symbols(request)
                let prices = await service.prices(symbols).filter {
                    person.maySubscribe($0.symbol.priceChannel)
                }
                return PriceRoutes.list(prices, request)
            },
            Route(.get, "/api/v1/prices/{}") { (request) async throws(ClientError) in
                let symbol = try PriceRoutes.symbol(request)
                guard let price = await service.prices([symbol]).first else {
                    throw ClientError(.priceUnavailable, "Nothing is known of the price of \(symbol).")
                }
                return PriceRoutes.one(price, request)
            },
        ]
        // Those whose names could be a symbol's come first.
        return (AnomalyRoutes(service).all + PriceHistoryRoutes(service).all + all).metered()
    }

    // MARK: Requests

    /// The symbol of the path, which the caller may read.
    static func symbol(_ request: APIRequest) throws(ClientError) -> Symbol {
        let person = try request.person
        guard let symbol = Symbol(request.parameters[0]) else {
            throw ClientError(.notFound, "No symbol is called so.")
        }
        guard person.maySubscribe(symbol.priceChannel) else {
            throw person.subscribeRefusal(symbol.priceChannel)
        }
        return symbol
    }

    /// The symbols of the query; nil where it names none.
    static func symbols(_ request: APIRequest) throws(ClientError) -> [Symbol]? {
        guard let text = request.query("symbols") else { return nil }
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let symbols = names.compactMap { Symbol(String($0)) }
        guard symbols.count == names.count, symbols.count <= symbolLimit else {
            throw .invalid(
                "symbols", "\"symbols\" is a list of at most \(symbolLimit) symbols, as BTC-USD,ETH-USD.")
        }
        return symbols
    }

    private static func tick(_ json: JSONValue, _ person: Principal) throws(ClientError) -> Tick {
        guard json.object != nil else { throw ClientError(.invalidMessage, "A tick is a JSON object.") }
        let tick: Tick
        do throws(TickFieldError) {
            tick = try Tick(json, source: person.user)
        } catch {
            throw error.clientError
        }
        let channel = tick.symbol.priceChannel
        guard person.mayPublish(channel) else { throw person.publishRefusal(channel) }
        return tick
    }

    /// Takes those in that are ticks; the others are refused by their places.
    private static func take(
        _ items: [JSONValue], _ person: Principal, _ service: PriceService
    ) async -> TickReceipt {
        var ticks: [Tick] = []
        var places: [Int] = []
        var refused: [TickReceipt.Refusal] = []
        for (index, item) in items.enumerated() {
            do throws(ClientError) {
                ticks.append(try tick(item, person))
                places.append(index)
            } catch {
                refused.append(TickReceipt.Refusal(index: index, error: error))
            }
        }
        var receipt = await service.take(ticks)
        refused += receipt.refused.map { TickReceipt.Refusal(index: places[$0.index], error: $0.error) }
        receipt.refused = refused.sorted { $0.index < $1.index }
        return receipt
    }

    // MARK: Answers

    private static func answer(_ receipt: TickReceipt) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("accepted", receipt.accepted)
        writer.field("repeated", receipt.repeated)
        writer.key("refused")
        writer.beginArray()
        for refusal in receipt.refused {
            writer.beginObject()
            writer.field("index", refusal.index)
            writer.field("code", refusal.error.code.rawValue)
            writer.field("message", refusal.error.message)
            writer.field("field", ifPresent: refusal.error.field)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func list(_ prices: [QuotedPrice], _ request: APIRequest) -> HTTPResponse {
        var writer = JSONWriter(capacity: 64 + prices.count * 128)
        writer.beginObject()
        writer.key("prices")
        writer.beginArray()
        for price in prices { write(price, to: &writer) }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json).tagged(for: request)
    }

    private static func one(_ price: QuotedPrice, _ request: APIRequest) -> HTTPResponse {
        var writer = JSONWriter(capacity: 192)
        write(price, to: &writer)
        return HTTPResponse(.ok, bytes: writer.span, type: .json).tagged(for: request)
    }

    private static func write(_ price: QuotedPrice, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("symbol", price.symbol.text)
        price.writeMembers(to: &writer)
        writer.endObject()
    }
}

extension HTTPResponse {
    /// The same with its ETag; without its body where the caller has that already (RFC 9110 §13.1.2).
    func tagged(for request: APIRequest) -> HTTPResponse {
        let tag = EntityTag(of: body.span)
        var response = self
        response.headers.set("etag", tag.text)
        response.headers.set("cache-control", "private, no-cache")
        guard tag.isKnown(by: request.headers) else { return response }
        response.status = .notModified
        response.body = []
        return response
    }
}
