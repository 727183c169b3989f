/// The numbers of the last trades that a connection told, and what that says of those that it did not.
///
/// No I/O and no clock.
struct TickerBook {
    /// What a price's number says.
    enum Verdict: Equatable {
        /// A trade that is new here; so many before it did not come.
        case new(missed: Int64)
        /// No trade since the last price.
        case same
        /// From before one that was told already.
        case older
    }

    /// Heartbeats that may know of a trade before its price has come.
    private static let patience = 2

    private let tellsEachTrade: Bool
    private var last: [String: Int64] = [:]
    private var ahead: [String: Int] = [:]

    /// - Parameter tellsEachTrade: As of ``TickerSource/tellsEachTrade``.
    init(tellsEachTrade: Bool) { self.tellsEachTrade = tellsEachTrade }

    /// Notes a price's number.
    mutating func take(_ id: String, trade: Int64?) -> Verdict {
        guard let trade else { return .new(missed: 0) }
        let before = last[id]
        if let before, trade <= before { return trade == before ? .same : .older }
        last[id] = trade
        ahead[id] = nil
        guard tellsEachTrade, let before else { return .new(missed: 0) }
        return .new(missed: trade - before - 1)
    }

    /// Notes what the source says the last trade was.
    ///
    /// - Returns: Whether its price should have come long ago, so that it is to be asked for.
    mutating func heard(_ id: String, lastTrade: Int64) -> Bool {
        guard lastTrade > last[id] ?? .min else {
            ahead[id] = nil
            return false
        }
        let count = ahead[id, default: 0] + 1
        ahead[id] = count % TickerBook.patience
        return count == TickerBook.patience
    }
}
