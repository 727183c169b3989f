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
    /// - Returns: How many values alerts have to look at.
    @discardableResult public func append(_ batch: PriceBatch) async throws(StorageError) -> Int {
        guard !batch.isEmpty else { return 0 }
        let groups = Dictionary(grouping: batch.ticks) { TickMonth(of: $0.at) }
        try await prepare(Set(groups.keys))
        return try await database.write { (transaction) async throws(StorageError) in
            for (month, ticks) in groups {
                try await transaction.execute(PriceRepository.insertion(into: month), ticks.map(\.values))
            }
            if !batch.prices.isEmpty {
                try await transaction.execute(PriceRepository.upsertPrice, batch.prices.map(\.values))
            }
            if !batch.candles.isEmpty {
                try await transaction.execute(PriceRepository.upsertCandle, batch.candles.map(\.values))
            }
            return try await AlertRepository.log(batch.moves.map { batch.ticks[$0].watched }, in: transaction)
        }
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

    fileprivate var values: [DatabaseValue] {
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
