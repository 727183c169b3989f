public import Bytes
import Decimals
public import JSON

extension Tick {
    /// Reads a tick that a producer sends: `symbol`, `price` and optional `volume`, `at`, `sequence`.
    ///
    /// - Parameters:
    ///   - symbol: What has the price, where that is known from elsewhere.
    ///   - value: An object; decimals as strings or numbers, both exactly.
    ///   - source: Who sends it.
    ///   - now: When it was, if it does not say.
    /// - Throws: The field that is wrong.
    public init(
        _ value: JSONValue, of symbol: Symbol? = nil, source: String, now: Timestamp = .now()
    ) throws(TickFieldError) {
        guard let symbol = symbol ?? value["symbol"]?.string.flatMap(Symbol.init(_:)) else { throw .symbol }
        guard let price = value["price"].flatMap({ try? ExactDecimal($0) }), price.isPositive else {
            throw .price
        }
        let volume = try Tick.optional(value["volume"], .volume) { try? ExactDecimal($0) }
        let at = try Tick.optional(value["at"], .at) { $0.integer.flatMap { $0 >= 0 ? $0 : nil } }
        let sequence = try Tick.optional(value["sequence"], .sequence, \.integer)
        guard
            let tick = Tick(
                symbol, price: price, volume: volume, source: source,
                at: at.map(Timestamp.init(milliseconds:)) ?? now, sequence: sequence)
        else { throw .volume }
        self = tick
    }

    /// A field that may be missing or null, but not wrong.
    private static func optional<Value>(
        _ field: JSONValue?, _ error: TickFieldError, _ read: (JSONValue) -> Value?
    ) throws(TickFieldError) -> Value? {
        guard let field, field != .null else { return nil }
        guard let value = read(field) else { throw error }
        return value
    }
}
