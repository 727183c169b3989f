import JSON
import StoaTesting
import TestRandom
import Testing

@Suite("Watch-lists, whatever is subscribed, left and changed (B4)")
struct WatchlistPropertyTests {
    private static let symbols = ["A", "B", "C", "D"]
    private static let mark = "MARK"

    /// What is done, and what by the rules comes of it.
    private final class World {
        let server: ServerProcess
        let client: TestClient
        let lists: [String]
        var content: [[String]] = [[], []]
        var wanted: Set<Int> = []
        var named: Set<String> = []
        var heard: Set<String> = []
        var price = 1

        init() async throws {
            // As many requests as it makes.
            server = try await ServerProcess(["limits.tier_free": "0"])
            client = try await TestClient(server, token: WatchlistTests.ann)
            var lists: [String] = []
            for _ in 0..<2 {
                let made = try await server.http(
                    "POST", "/api/v1/watchlists", #"{"name":"n"}"#, token: WatchlistTests.ann)
                lists.append(try #require(made.json?["id"]?.string))
            }
            self.lists = lists
            try await client.request("subscribe", #""channels":["price:\#(mark)"]"#, within: 30)
        }

        private func ask(_ type: String, _ channel: String) async throws {
            try await client.request(type, #""channels":["\#(channel)"]"#, within: 30)
        }

        private func isWanted(_ symbol: String) -> Bool {
            named.contains(symbol) || wanted.contains { content[$0].contains(symbol) }
        }

        func name(_ symbol: String) async throws {
            try await ask("subscribe", "price:\(symbol)")
            named.insert(symbol)
            heard.insert(symbol)
        }

        /// What is left by its name is left, also where a list has it, until that changes.
        func leave(_ symbol: String) async throws {
            try await ask("unsubscribe", "price:\(symbol)")
            named.remove(symbol)
            heard.remove(symbol)
        }

        func subscribe(_ list: Int) async throws {
            try await ask("subscribe", "watchlist:\(lists[list])")
            wanted.insert(list)
            heard.formUnion(content[list])
        }

        func unsubscribe(_ list: Int) async throws {
            try await ask("unsubscribe", "watchlist:\(lists[list])")
            guard wanted.remove(list) != nil else { return }
            for symbol in content[list] where !isWanted(symbol) { heard.remove(symbol) }
        }

        func change(_ list: Int, to symbols: [String]) async throws {
            let texts = symbols.map { "\"\($0)\"" }.joined(separator: ",")
            let answer = try await server.http(
                "PATCH", "/api/v1/watchlists/\(lists[list])", #"{"symbols":[\#(texts)]}"#,
                token: WatchlistTests.ann)
            #expect(answer.status == 200, "\(answer.text)")
            let before = content[list]
            content[list] = symbols
            guard wanted.contains(list), before != symbols else { return }
            for symbol in before where !isWanted(symbol) { heard.remove(symbol) }
            heard.formUnion(symbols)
        }

        /// Tells a price of each symbol, and looks which are heard.
        func look() async throws {
            price += 1
            let ticks = (WatchlistPropertyTests.symbols + [mark]).map {
                #"{"symbol":"\#($0)","price":"\#(price)"}"#
            }
            try await PriceTests.tell(server, "[\(ticks.joined(separator: ","))]")
            var got: Set<String> = []
            while true {
                let update = try await client.push("price_update", within: 30)
                let symbol = update["symbol"]?.string ?? ""
                #expect(update["price"]?.string == "\(price)" && !got.contains(symbol))
                guard symbol != mark else { break }
                got.insert(symbol)
            }
            #expect(got == heard)
        }
    }

    @Test("at any time the prices of what is named or listed are heard, each once", arguments: 0..<3)
    func equal(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let world = try await World()
        for _ in 0..<60 {
            let symbol = Self.symbols.randomElement(using: &random) ?? "A"
            let list = Int.random(in: 0...1, using: &random)
            switch random.next() % 8 {
            case 0: try await world.name(symbol)
            case 1: try await world.leave(symbol)
            case 2, 3: try await world.subscribe(list)
            case 4: try await world.unsubscribe(list)
            default:
                let some = Self.symbols.shuffled(using: &random)
                try await world.change(list, to: Array(some.prefix(Int.random(in: 0...4, using: &random))))
            }
            try await world.look()
        }
    }
}
