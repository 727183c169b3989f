import HTTP
import JSON
public import Outbound

/// CoinGecko's `/simple/price`: price, market capitalisation and volume of up to 100 coins in one answer.
///
/// `{"bitcoin":{"usd":67187.33,"usd_market_cap":1317802988326.2,"usd_24h_vol":31260929299.5,"last_updated_at":1711356300}}`
public struct CoinGeckoSource: PriceSource {
    /// Its public address, and that of those who pay.
    public static let address = "https://api.coingecko.com/api/v3"
    static let paidHost = "pro-api.coingecko.com"

    /// What its prices name as their source.
    public let name = "coingecko"
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
        self.currency = currency.lowercased()
    }

    /// A question for these coins.
    public func request(for ids: [String]) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            .get,
            "\(base)/simple/price?ids=\(ids.joined(separator: "%2C"))&vs_currencies=\(currency)"
                + "&include_market_cap=true&include_24hr_vol=true&precision=full")
        guard !key.isEmpty else { return request }
        if base.contains(CoinGeckoSource.paidHost) {
            request.headers.set("x-cg-pro-api-key", key)
        } else {
            request.headers.set("x-cg-demo-api-key", key)
        }
        return request
    }

    /// What an answer says.
    public func quotes(in body: [UInt8]) throws(SourceFault) -> [String: SourceQuote] {
        guard let answer = try? JSONValue(parsing: body.span), let coins = answer.object else {
            throw .nonsense
        }
        // Refusals come as objects too, sometimes with status 200.
        if let words = answer["status"]?["error_message"]?.string { throw .refused(words) }
        var quotes: [String: SourceQuote] = [:]
        for coin in coins where coin.value.object != nil {
            quotes[coin.name] = SourceNumber.quote(
                price: coin.value[currency], volume: coin.value["\(currency)_24h_vol"],
                marketCap: coin.value["\(currency)_market_cap"])
        }
        return quotes
    }
}
