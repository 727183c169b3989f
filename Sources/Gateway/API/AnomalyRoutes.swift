import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Prices
import PubSub
import Rooms
import Storage

/// Sources of prices that disagreed, of before.
struct AnomalyRoutes {
    private let service: PriceService

    init(_ service: PriceService) { self.service = service }

    /// The routes; they stand before those of symbols, of which none can be called `anomalies` here.
    var all: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/prices/anomalies") { (request) async throws(ClientError) in
                let person = try request.person
                guard person.maySubscribe(AnomalyRecord.channel) else {
                    throw person.subscribeRefusal(AnomalyRecord.channel)
                }
                let symbol = request.query("symbol")
                guard symbol.map({ Symbol($0) != nil }) ?? true else {
                    throw .invalid("symbol", "\"symbol\" is the name of one, as BTC-USD.")
                }
                let range = try PriceRange(request)
                let position = try range.position
                let found: [AnomalyRecord]
                do throws(StorageError) {
                    found = try await service.anomalies.anomalies(
                        of: symbol, from: range.from, to: range.end,
                        after: position.map { ($0.at, $0.source) }, limit: range.limit)
                } catch {
                    throw error.clientError
                }
                return AnomalyRoutes.answer(found, isFull: found.count == range.limit)
            }
        ]
    }

    private static func answer(_ records: [AnomalyRecord], isFull: Bool) -> HTTPResponse {
        let next =
            isFull ? records.last.map { TickPosition(at: $0.at, source: $0.symbol, key: "").cursor } : nil
        return .page("anomalies", Page(items: records, cursor: next)) { record, writer in
            writer.beginObject()
            record.writeMembers(to: &writer)
            writer.endObject()
        }
    }
}
