public import Bytes

/// A tick that candles are still to take in, and its place among these.
public struct OwedTick: Sendable, Hashable {
    /// Its place: in this order they were written, whichever process it was.
    public let seq: Int64
    /// The tick.
    public let tick: TickRecord
}

// Candles of several processes: one makes them, of its own ticks at once and of the others' as it finds them here.
extension PriceRepository {
    private static let term = "term"
    private static let written = "written"

    /// Takes the candles over, from whoever made them.
    ///
    /// From now on a batch of an older term writes no candles, and its ticks are owed.
    /// - Returns: The term, which batches name.
    public func takeCandles() async throws(StorageError) -> Int64 {
        try await database.write { (transaction) async throws(StorageError) in
            try await PriceRepository.add(1, to: PriceRepository.term, in: transaction)
        }
    }

    /// The first ticks that candles are still to take in, in their order.
    public func owedTicks(limit: Int) async throws(StorageError) -> [OwedTick] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT seq, symbol, at, source, key, number, price, volume FROM candle_ticks
                    ORDER BY seq LIMIT $1
                """, [.integer(Int64(limit))]
            ).decode { (columns) throws(StorageError) in
                OwedTick(seq: try columns.integer(), tick: try PriceRepository.tick(&columns))
            }
        }
    }

    /// Whether a batch may write candles: nobody has taken them over since.
    static func mayWriteCandles(
        _ batch: PriceBatch, in transaction: any Queryable
    ) async throws(StorageError) -> Bool {
        guard let term = batch.term else { return true }
        var columns = try await transaction.first(
            "SELECT value FROM candle_marks WHERE name = $1", [.text(PriceRepository.term)])?.columns
        return try columns?.integer() == term
    }

    /// Notes ticks that are new as ones that candles are still to take in.
    ///
    /// - Returns: How many.
    static func owe(_ ticks: [TickRecord], in transaction: any Queryable) async throws(StorageError) -> Int {
        guard !ticks.isEmpty else { return 0 }
        // Transactions that write run one at a time, so these have one order and no holes.
        let last = try await add(Int64(ticks.count), to: written, in: transaction)
        let first = last - Int64(ticks.count) + 1
        try await transaction.execute(
            """
            INSERT INTO candle_ticks (seq, symbol, at, source, key, number, price, volume)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, ticks.enumerated().map { [.integer(first + Int64($0))] + $1.values })
        return ticks.count
    }

    /// Takes out what the candles of a batch have in them: what it found here, and what it was told itself as well.
    static func settle(_ batch: PriceBatch, in transaction: any Queryable) async throws(StorageError) {
        guard batch.term != nil else { return }
        if let seq = batch.settled {
            _ = try await transaction.query("DELETE FROM candle_ticks WHERE seq <= $1", [.integer(seq)])
        }
        let rest = try await transaction.query("SELECT DISTINCT symbol FROM candle_ticks")
            .decode { (columns) throws(StorageError) in try columns.text() }
        guard !rest.isEmpty else { return }
        let (symbols, owed) = (Set(rest), Set(batch.owed))
        let told = batch.ticks.enumerated().filter { symbols.contains($1.symbol) && !owed.contains($0) }
        try await transaction.execute(
            "DELETE FROM candle_ticks WHERE symbol = $1 AND at = $2 AND source = $3 AND key = $4",
            told.map { Array($1.values.prefix(4)) })
    }

    private static func add(
        _ count: Int64, to name: String, in transaction: any Queryable
    ) async throws(StorageError) -> Int64 {
        var columns = try await transaction.first(
            """
            INSERT INTO candle_marks (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = candle_marks.value + $2 RETURNING value
            """, [.text(name), .integer(count)])?.columns
        guard let value = try columns?.integer() else { throw .corrupt("the marks of candles cannot be set") }
        return value
    }
}

// Prices that nobody tells anything of any more, said once.
extension PriceRepository {
    /// Marks prices as stale that are as they are known here, and not marked yet.
    ///
    /// - Parameter known: Symbols, and when their newest prices were.
    /// - Returns: Those that this call marked, and of all of them what the store has now.
    public func markStale(
        _ known: [(symbol: String, at: Timestamp)]
    ) async throws(StorageError) -> (marked: Set<String>, prices: [PriceRecord]) {
        try await database.write { (transaction) async throws(StorageError) in
            let marked = try await transaction.queries(
                """
                UPDATE prices SET confidence = 'stale' WHERE symbol = $1 AND at = $2 AND confidence <> 'stale'
                    RETURNING symbol
                """, known.map { [.text($0.symbol), .integer($0.at.milliseconds)] })
            let now = try await transaction.queries(
                PriceRepository.priceColumns + " WHERE symbol = $1", known.map { [.text($0.symbol)] })
            let symbols = zip(known, marked).filter { !$1.isEmpty }.map(\.0.symbol)
            return (Set(symbols), try now.flatMap(\.self).decode(PriceRepository.price))
        }
    }
}
