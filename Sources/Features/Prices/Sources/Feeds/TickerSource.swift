public import Bytes
public import Decimals

/// A service that tells prices over a WebSocket: how it is subscribed to, and what its messages say.
///
/// Pure, and one file for each: no I/O, no clock. ``PriceFeed`` keeps the connection.
public protocol TickerSource: Sendable {
    /// What its prices name as their source.
    var name: String { get }
    /// Whether trades are numbered one by one, so that a number that is left out is a trade that did not come.
    var tellsEachTrade: Bool { get }

    /// What subscribes to these, by the source's own names of them; the same again asks for their newest prices.
    func requests(for ids: [String]) -> [[UInt8]]

    /// What a message says; nothing for one that is about something else.
    ///
    /// - Throws: ``SourceFault`` where it is none of this source's, or a refusal.
    func read(_ message: [UInt8]) throws(SourceFault) -> TickerEvent?
}

/// What a source says over its connection.
public enum TickerEvent: Hashable, Sendable {
    /// A price.
    case ticker(Ticker)
    /// The number of the last trade, whether it was told or not.
    case lastTrade(id: String, number: Int64)
}

/// A price as a source tells it.
public struct Ticker: Hashable, Sendable {
    /// Of what, by the source's own name.
    public var id: String
    /// The price, above zero.
    public var price: ExactDecimal
    /// What was traded last at it.
    public var volume: ExactDecimal?
    /// When it was so, by the source's clock; nil where it does not say.
    public var at: Timestamp?
    /// The number of the trade that made it.
    public var trade: Int64?
}
