public import Bytes

/// A place among ticks, for reading on.
public struct TickPosition: Sendable, Hashable {
    /// The last tick's moment.
    public var at: Timestamp
    /// What tells it from others of the same moment.
    public var source, key: String

    /// A position.
    public init(at: Timestamp, source: String, key: String) {
        self.at = at
        self.source = source
        self.key = key
    }
}

/// Which candles of a symbol are asked for.
public struct CandleQuestion: Sendable, Hashable {
    /// The symbol.
    public var symbol: String
    /// The interval's name, as `1h`.
    public var interval: String
    /// The first beginning that is wanted.
    public var from: Timestamp

    /// A question.
    public init(symbol: String, interval: String, from: Timestamp) {
        self.symbol = symbol
        self.interval = interval
        self.from = from
    }
}

extension PriceRepository {
    /// The newest price of everything.
    ///
    /// - Parameter moment: Only those of this moment and later.
    public func prices(
        since moment: Timestamp = Timestamp(milliseconds: 0)
    ) async throws(StorageError) -> [PriceRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                PriceRepository.priceColumns + " WHERE at >= $1 ORDER BY symbol",
                [.integer(moment.milliseconds)]
            ).decode(PriceRepository.price)
        }
    }

    /// The newest prices of these symbols, those left out that have none.
    public func prices(of symbols: [String]) async throws(StorageError) -> [PriceRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.queries(
                PriceRepository.priceColumns + " WHERE symbol = $1", symbols.map { [.text($0)] }
            ).flatMap(\.self).decode(PriceRepository.price)
        }
    }

    static let priceColumns = "SELECT symbol, price, confidence, at, source, volume FROM prices"

    static func price(_ columns: inout RowReader) throws(StorageError) -> PriceRecord {
        PriceRecord(
            symbol: try columns.text(), price: try columns.text(), confidence: try columns.text(),
            at: try columns.time(), source: try columns.text(), volume: try columns.optionalText())
    }

    /// A symbol's ticks from one moment up to, and without, another, oldest first.
    ///
    /// - Parameter position: The last tick that is known; nil for none.
    public func ticks(
        of symbol: String, from: Timestamp, to end: Timestamp, after position: TickPosition? = nil, limit: Int
    ) async throws(StorageError) -> [TickRecord] {
        guard from < end else { return [] }
        let (first, last) = (
            TickMonth(of: from), TickMonth(of: Timestamp(milliseconds: end.milliseconds - 1))
        )
        let months = try await storedMonths().filter { $0 >= first && $0 <= last }
        var found: [TickRecord] = []
        for month in months where found.count < limit {
            if let position, month < TickMonth(of: position.at) { continue }
            found += try await ticks(
                in: month, of: symbol, from: from, to: end, after: position, limit: limit - found.count)
        }
        return found
    }

    /// The ticks of many symbols in a stretch behind a moment of each, that moment with it, in few readings.
    ///
    /// - Parameter limit: How many of a symbol, and of a month of it.
    public func ticks(
        before moments: [(symbol: String, at: Timestamp)], milliseconds: Int64, limit: Int
    ) async throws(StorageError) -> [TickRecord] {
        var found: [TickRecord] = []
        for month in try await storedMonths() {
            let runs = moments.compactMap { moment -> [DatabaseValue]? in
                let from = Timestamp(milliseconds: moment.at.milliseconds - milliseconds)
                guard TickMonth(of: from) <= month, month <= TickMonth(of: moment.at) else { return nil }
                return [
                    .text(moment.symbol), .integer(from.milliseconds), .integer(moment.at.milliseconds + 1),
                    .integer(Int64(limit)),
                ]
            }
            guard !runs.isEmpty else { continue }
            let sql = PriceRepository.tickQuery(in: month, after: false)
            found += try await database.read { (transaction) async throws(StorageError) in
                try await transaction.queries(sql, runs).flatMap(\.self).decode(PriceRepository.tick)
            }
        }
        return found
    }

    private static func tickQuery(in month: TickMonth, after isPaged: Bool) -> String {
        """
        SELECT symbol, at, source, key, number, price, volume FROM \(month.table)
            WHERE symbol = $1 AND at >= $2 AND at < $3 \(isPaged ? "AND (at, source, key) > ($5, $6, $7)" : "")
            ORDER BY symbol, at, source, key LIMIT $4
        """
    }

    static func tick(_ columns: inout RowReader) throws(StorageError) -> TickRecord {
        TickRecord(
            symbol: try columns.text(), at: try columns.time(), source: try columns.text(),
            key: try columns.text(), number: try columns.integer(), price: try columns.text(),
            volume: try columns.optionalText())
    }

    private func ticks(
        in month: TickMonth, of symbol: String, from: Timestamp, to end: Timestamp,
        after position: TickPosition?, limit: Int
    ) async throws(StorageError) -> [TickRecord] {
        var parameters: [DatabaseValue] = [
            .text(symbol), .integer(from.milliseconds), .integer(end.milliseconds), .integer(Int64(limit)),
        ]
        if let position {
            parameters += [.integer(position.at.milliseconds), .text(position.source), .text(position.key)]
        }
        let (sql, values) = (PriceRepository.tickQuery(in: month, after: position != nil), parameters)
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(sql, values).decode(PriceRepository.tick)
        }
    }

    /// A symbol's candles that begin from one moment up to, and without, another, oldest first.
    ///
    /// - Parameter isNewest: Whether the last ones of the range are read where there are more than the limit.
    public func candles(
        of symbol: String, interval: String, from: Timestamp, to end: Timestamp, limit: Int,
        newest isNewest: Bool = false
    ) async throws(StorageError) -> [CandleRecord] {
        let order = isNewest ? "DESC" : "ASC"
        let sql =
            PriceRepository.candleColumns
            + " WHERE symbol = $1 AND span = $2 AND start >= $3 AND start < $4 ORDER BY start \(order) LIMIT $5"
        let rows = try await candles(
            sql,
            [
                .text(symbol), .text(interval), .integer(from.milliseconds), .integer(end.milliseconds),
                .integer(Int64(limit)),
            ])
        return isNewest ? rows.reversed() : rows
    }

    /// Candles of many symbols from a moment on, in one reading.
    public func candles(_ questions: [CandleQuestion]) async throws(StorageError) -> [CandleRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.queries(
                PriceRepository.candleColumns
                    + " WHERE symbol = $1 AND span = $2 AND start >= $3 ORDER BY start",
                questions.map {
                    [.text($0.symbol), .text($0.interval), .integer($0.from.milliseconds)]
                }
            ).flatMap(\.self).decode(PriceRepository.candle)
        }
    }

    private static let candleColumns = """
        SELECT symbol, span, start, open, high, low, close, open_at, close_at, volume, volume_count, tick_count
            FROM candles
        """

    private func candles(
        _ sql: String, _ parameters: [DatabaseValue]
    ) async throws(StorageError) -> [CandleRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(sql, parameters).decode(PriceRepository.candle)
        }
    }

    private static func candle(_ columns: inout RowReader) throws(StorageError) -> CandleRecord {
        CandleRecord(
            symbol: try columns.text(), interval: try columns.text(), start: try columns.time(),
            open: try columns.text(), high: try columns.text(), low: try columns.text(),
            close: try columns.text(), openAt: try columns.time(), closeAt: try columns.time(),
            volume: try columns.optionalText(), volumeCount: try columns.integer(),
            tickCount: try columns.integer())
    }
}
