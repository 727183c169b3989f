public import Bytes
import Synchronization

/// Ticks, candles and newest prices.
public final class PriceRepository: Sendable {
    let database: any Database
    /// The months whose tables are known to exist.
    private let months = Mutex<Set<TickMonth>>([])

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    // MARK: Writing

    /// Writes a batch; all of it is durable when this returns, or nothing.
    ///
    /// - Returns: What others have to look at now.
    @discardableResult public func append(_ batch: PriceBatch) async throws(StorageError) -> PriceBatchOutcome
    {
        guard !batch.isEmpty else { return PriceBatchOutcome() }
        let groups = Dictionary(grouping: batch.ticks.indices) { TickMonth(of: batch.ticks[$0].at) }
        try await prepare(Set(groups.keys))
        return try await database.write { (transaction) async throws(StorageError) in
            var outcome = PriceBatchOutcome()
            if batch.isBeginning, try await PriceRepository.hasPrice(batch.prices, in: transaction) {
                return outcome
            }
            outcome.hasCandles = try await PriceRepository.mayWriteCandles(batch, in: transaction)
            let owed = outcome.hasCandles ? Set(batch.owed) : Set(batch.ticks.indices)
            var new: [TickRecord] = []
            for (month, places) in groups {
                let told = owed.isEmpty ? places : places.filter { !owed.contains($0) }
                if !told.isEmpty {
                    try await transaction.execute(
                        PriceRepository.insertion(into: month), told.map { batch.ticks[$0].values })
                }
                guard told.count < places.count else { continue }
                let others = places.filter(owed.contains).map { batch.ticks[$0] }
                let rows = try await transaction.queries(
                    PriceRepository.insertion(into: month) + " RETURNING number", others.map(\.values))
                new += zip(others, rows).filter { !$1.isEmpty }.map(\.0)
            }
            // In the order in which they arrived, also across a month's end.
            outcome.owed = try await PriceRepository.owe(
                new.sorted { $0.number < $1.number }, in: transaction)
            if !batch.prices.isEmpty {
                try await transaction.execute(PriceRepository.upsertPrice, batch.prices.map(\.values))
            }
            if outcome.hasCandles {
                if !batch.candles.isEmpty {
                    try await transaction.execute(PriceRepository.upsertCandle, batch.candles.map(\.values))
                }
                try await PriceRepository.settle(batch, in: transaction)
            }
            outcome.watched = try await AlertRepository.log(
                batch.moves.map { batch.ticks[$0].watched }, in: transaction)
            return outcome
        }
    }

    /// Whether one of these symbols has a price already.
    private static func hasPrice(
        _ prices: [PriceRecord], in transaction: any Queryable
    ) async throws(StorageError) -> Bool {
        for price in prices {
            let known = try await transaction.first(
                "SELECT symbol FROM prices WHERE symbol = $1", [.text(price.symbol)])
            if known != nil { return true }
        }
        return false
    }

    private static func insertion(into month: TickMonth) -> String {
        """
        INSERT INTO \(month.table) (symbol, at, source, key, number, price, volume)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """
    }

    // Another process may have a newer one.
    private static let upsertPrice = """
        INSERT INTO prices (symbol, price, confidence, at, source, volume) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (symbol) DO UPDATE SET price = EXCLUDED.price, confidence = EXCLUDED.confidence,
            at = EXCLUDED.at, source = EXCLUDED.source, volume = EXCLUDED.volume
            WHERE EXCLUDED.at >= prices.at
        """

    private static let upsertCandle = """
        INSERT INTO candles (symbol, span, start, open, high, low, close, open_at, close_at, volume,
            volume_count, tick_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (symbol, span, start) DO UPDATE SET open = EXCLUDED.open, high = EXCLUDED.high,
            low = EXCLUDED.low, close = EXCLUDED.close, open_at = EXCLUDED.open_at,
            close_at = EXCLUDED.close_at, volume = EXCLUDED.volume, volume_count = EXCLUDED.volume_count,
            tick_count = EXCLUDED.tick_count
        """

    // MARK: Months

    /// Makes the tables of this month and the next one, so that no writer has to when the month begins.
    public func prepare(at now: Timestamp) async throws(StorageError) {
        let month = TickMonth(of: now)
        try await prepare([month, month.next])
    }

    private func prepare(_ wanted: Set<TickMonth>) async throws(StorageError) {
        let missing = months.withLock { wanted.subtracting($0) }
        guard !missing.isEmpty else { return }
        let dialect = database.dialect
        try await database.write { (transaction) async throws(StorageError) in
            for month in missing.sorted() {
                _ = try await transaction.query(month.creation(dialect))
                _ = try await transaction.query(
                    "INSERT INTO tick_months (month) VALUES ($1) ON CONFLICT DO NOTHING",
                    [.integer(month.number)])
            }
        }
        months.withLock { $0.formUnion(missing) }
    }

    /// Drops the tables of months that ended before a moment.
    ///
    /// - Returns: How many months went.
    public func forgetTicks(before cutoff: Timestamp) async throws(StorageError) -> Int {
        let oldest = TickMonth(of: cutoff)
        let old = try await storedMonths().filter { $0 < oldest }
        for month in old {
            months.withLock { _ = $0.remove(month) }
            try await database.write { (transaction) async throws(StorageError) in
                _ = try await transaction.query("DROP TABLE IF EXISTS \(month.table)")
                _ = try await transaction.query(
                    "DELETE FROM tick_months WHERE month = $1", [.integer(month.number)])
            }
        }
        return old.count
    }

    /// The months that have a table, oldest first.
    func storedMonths() async throws(StorageError) -> [TickMonth] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query("SELECT month FROM tick_months ORDER BY month")
                .decode { (columns) throws(StorageError) in TickMonth(number: try columns.integer()) }
        }
    }
}

extension TickRecord {
    fileprivate var watched: WatchedValue {
        WatchedValue(AlertTopic(kind: "price", subject: symbol), price, at: at)
    }

    var values: [DatabaseValue] {
        [
            .text(symbol), .integer(at.milliseconds), .text(source), .text(key), .integer(number),
            .text(price), .optional(volume),
        ]
    }
}

extension PriceRecord {
    fileprivate var values: [DatabaseValue] {
        [
            .text(symbol), .text(price), .text(confidence), .integer(at.milliseconds), .text(source),
            .optional(volume),
        ]
    }
}

extension CandleRecord {
    fileprivate var values: [DatabaseValue] {
        [
            .text(symbol), .text(interval), .integer(start.milliseconds), .text(open), .text(high),
            .text(low),
            .text(close), .integer(openAt.milliseconds), .integer(closeAt.milliseconds), .optional(volume),
            .integer(volumeCount), .integer(tickCount),
        ]
    }
}
