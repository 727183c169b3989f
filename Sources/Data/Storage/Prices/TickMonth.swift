import Bytes

/// The table with one month's ticks: what is too old goes by dropping tables, which costs the same however much it is.
struct TickMonth: Hashable, Comparable, Sendable {
    /// Year times 12, and the month from 0.
    let number: Int64

    init(number: Int64) { self.number = number }

    /// The month of a moment, by UTC.
    init(of moment: Timestamp) {
        let date = CivilDate(daysSince1970: moment.milliseconds.floorDivided(by: 86_400_000))
        number = date.year * 12 + date.month - 1
    }

    /// When it begins.
    var start: Timestamp {
        let year = number.floorDivided(by: 12)
        let first = CivilDate(year: year, month: number - year * 12 + 1, day: 1)
        return Timestamp(milliseconds: first.daysSince1970 * 86_400_000)
    }

    var next: TickMonth { TickMonth(number: number + 1) }

    static func < (left: TickMonth, right: TickMonth) -> Bool { left.number < right.number }

    /// The table's name, as `price_ticks_202611`.
    var table: String { "\(TickMonth.prefix)\(number / 12 * 100 + number % 12 + 1)" }

    static let prefix = "price_ticks_"

    /// The month of a table; nil for other tables.
    init?(table: String) {
        guard table.hasPrefix(TickMonth.prefix), let number = Int64(table.dropFirst(TickMonth.prefix.count)),
            (1...12).contains(number % 100)
        else { return nil }
        self.number = number / 100 * 12 + number % 100 - 1
    }

    /// The statement that makes its table.
    func creation(_ dialect: Dialect) -> String {
        dialect.definition(
            """
            CREATE TABLE IF NOT EXISTS \(table) (
                symbol TEXT NOT NULL, at BIGINT NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL,
                number BIGINT NOT NULL, price TEXT NOT NULL, volume TEXT,
                PRIMARY KEY (symbol, at, source, key)
            )\(dialect.clustered)
            """)
    }
}
