import HTTP
import JSON
public import Outbound

/// CoinMarketCap's `/v2/cryptocurrency/quotes/latest`, by its numeric ids.
///
/// `{"status":{"error_code":0},"data":{"1":{"id":1,"quote":{"USD":{"price":67187.3,"volume_24h":3.1e10,"market_cap":1.3e12}}}}}`
public struct CoinMarketCapSource: PriceSource {
    /// Its public address.
    public static let address = "https://pro-api.coinmarketcap.com"

    /// What its prices name as their source.
    public let name = "coinmarketcap"
    private let base: String
    private let key: String
    private let currency: String

    /// The source at an address.
    ///
    /// - Parameters:
    ///   - key: A key of its own; empty for none.
    ///   - currency: In what prices are, as `usd`.
    public init(base: String, key: String, currency: String) {
        self.base = base
        self.key = key
        self.currency = currency.uppercased()
    }

    /// A question for these coins.
    public func request(for ids: [String]) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            .get,
            "\(base)/v2/cryptocurrency/quotes/latest?id=\(ids.joined(separator: "%2C"))"
                + "&convert=\(currency)&skip_invalid=true")
        request.headers.set("accept", "application/json")
        if !key.isEmpty { request.headers.set("X-CMC_PRO_API_KEY", key) }
        return request
    }

    /// What an answer says.
    public func quotes(in body: [UInt8]) throws(SourceFault) -> [String: SourceQuote] {
        guard let answer = try? JSONValue(parsing: body.span), answer.object != nil else { throw .nonsense }
        if let code = answer["status"]?["error_code"]?.integer, code != 0 {
            throw .refused(answer["status"]?["error_message"]?.string ?? "error \(code)")
        }
        guard let coins = answer["data"]?.object else { throw .nonsense }
        var quotes: [String: SourceQuote] = [:]
        for coin in coins where coin.value.object != nil {
            let quote = coin.value["quote"]?[currency]
            quotes[coin.name] = SourceNumber.quote(
                price: quote?["price"], volume: quote?["volume_24h"], marketCap: quote?["market_cap"])
        }
        return quotes
    }
}
