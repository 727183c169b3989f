import Foundation
import Synchronization

/// A source of prices as CoinGecko's and CoinMarketCap's public interfaces are, over real HTTP, with faults.
public final class SourceFixture: Sendable {
    /// Whose shapes it speaks.
    public enum Kind: String, Sendable { case coingecko, coinmarketcap }

    /// What is wrong with it.
    public enum Fault: Sendable {
        /// This status, with fields.
        case status(Int, [String: String] = [:])
        /// No answer.
        case slow
        /// An answer that ends in its midst.
        case cut
        /// What is no answer of this source.
        case nonsense
    }

    private struct State {
        var prices: [String: String] = [:]
        var fault: Fault?
    }

    public let kind: Kind
    private let state = Mutex(State())
    private let server: FixtureServer

    /// A source with prices by its own names of things, as JSON numbers or whatever is to stand there.
    public init(_ kind: Kind, _ prices: [String: String]) throws {
        self.kind = kind
        let box = Box()
        server = try FixtureServer { request in box.answer(request) }
        state.withLock { $0.prices = prices }
        box.owner.withLock { $0 = Unowned(fixture: self) }
    }

    private struct Unowned: Sendable { weak var fixture: SourceFixture? }

    private final class Box: Sendable {
        let owner = Mutex<Unowned?>(nil)

        func answer(_ request: String) -> FixtureServer.Answer {
            owner.withLock { $0?.fixture }?.answer(request) ?? .http(503, [:], [])
        }
    }

    deinit { server.close() }

    public var port: UInt16 { server.port }
    /// Its address.
    public var base: String { server.base }
    /// Heads of the questions so far.
    public var requests: [String] { server.requests }

    /// Sets prices; nil takes one away.
    public func set(_ id: String, _ price: String?) { state.withLock { $0.prices[id] = price } }

    /// Breaks or heals it.
    public func fail(_ fault: Fault?) { state.withLock { $0.fault = fault } }

    // MARK: Answers

    private func answer(_ request: String) -> FixtureServer.Answer {
        let (prices, fault) = state.withLock { ($0.prices, $0.fault) }
        let ids = SourceFixture.ids(request)
        let body = kind == .coingecko ? coins(ids, prices) : quotes(ids, prices)
        switch fault {
        case nil: return .http(200, ["Content-Type": "application/json"], Array(body.utf8))
        case .status(let status, let fields): return .http(status, fields, Array("{}".utf8))
        case .slow: return .silence
        case .cut:
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            return .bytes(Array((head + body.prefix(body.count / 2)).utf8))
        case .nonsense: return .http(200, [:], Array("<html>busy</html>".utf8))
        }
    }

    private static func ids(_ request: String) -> [String] {
        let target = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        let items = URLComponents(string: target)?.queryItems ?? []
        let list = items.first { $0.name == "ids" || $0.name == "id" }?.value ?? ""
        return list.split(separator: ",").map(String.init)
    }

    /// `/simple/price` with `include_market_cap` and `include_24hr_vol`, as recorded of the public interface.
    private func coins(_ ids: [String], _ prices: [String: String]) -> String {
        let coins = ids.compactMap { id in
            prices[id].map {
                "\"\(id)\":{\"usd\":\($0),\"usd_market_cap\":1317802988326.25,\"usd_24h_vol\":31260929299.5248}"
            }
        }
        return "{" + coins.joined(separator: ",") + "}"
    }

    /// `/v2/cryptocurrency/quotes/latest`, likewise.
    private func quotes(_ ids: [String], _ prices: [String: String]) -> String {
        let coins = ids.compactMap { id in
            prices[id].map { price in
                """
                "\(id)":{"id":\(id),"name":"Bitcoin","symbol":"BTC","slug":"bitcoin","num_market_pairs":10122,
                "is_active":1,"quote":{"USD":{"price":\(price),"volume_24h":4314444687.5194,
                "percent_change_24h":0.991,"market_cap":852164659250.2758,
                "last_updated":"2026-11-22T11:56:28.000Z"}}}
                """
            }
        }
        return """
            {"status":{"timestamp":"2026-11-22T11:56:28.555Z","error_code":0,"error_message":null,"elapsed":10,
            "credit_count":1},"data":{\(coins.joined(separator: ","))}}
            """
    }
}
