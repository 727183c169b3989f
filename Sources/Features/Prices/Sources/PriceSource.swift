public import Decimals
public import Outbound

/// A service of prices that is asked over HTTP: how it is asked, and what its answers say.
///
/// Pure, and one file for each: no I/O, no clock. ``SourceClient`` does the asking.
public protocol PriceSource: Sendable {
    /// What its prices name as their source.
    var name: String { get }

    /// A question for the prices of these, at most ``SourceClient/batchLimit``, by the source's own names of them.
    func request(for ids: [String]) -> HTTPClientRequest

    /// What an answer says, by the source's names; what is not in it is not known to the source.
    ///
    /// - Throws: ``SourceFault`` where it is none of this source's answers.
    func quotes(in body: [UInt8]) throws(SourceFault) -> [String: SourceQuote]
}

/// What a source says of one thing.
public struct SourceQuote: Hashable, Sendable {
    /// The price and what was traded in 24 hours, or that it is none.
    public let price: SourcePrice
    /// The market capitalisation, where it says so.
    public let marketCap: ExactDecimal?

    /// A quote.
    public init(price: SourcePrice, marketCap: ExactDecimal?) {
        self.price = price
        self.marketCap = marketCap
    }

    /// What was traded in 24 hours, where it says so.
    public var volume: ExactDecimal? { price.volume }
}

/// Why a source's answer is none.
public enum SourceFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// It did not answer.
    case silent(HTTPClientError)
    /// It answered with this status.
    case status(Int)
    /// It wants to be asked less often.
    case limited
    /// What it answered cannot be read, or has no price at all in it.
    case nonsense
    /// It says that something is wrong.
    case refused(String)

    /// In words for a log.
    public var description: String {
        switch self {
        case .silent(let error): "\(error)"
        case .status(let status): "it answered \(status)"
        case .limited: "it wants to be asked less often"
        case .nonsense: "its answer has no price in it"
        case .refused(let words): "it says: \(words)"
        }
    }
}
