import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("Lists of an export")
struct ExportTests {
    private static let rows = 25_000

    /// Much of what is kept of Ann, and something of Bob, in one transaction.
    private func fill(_ database: any Database) async throws {
        let numbers = """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(ExportTests.rows))
            """
        try await database.write { (transaction) async throws(StorageError) in
            for user in ["ann", "bob"] {
                _ = try await transaction.query(
                    """
                    INSERT INTO progress_events (tenant_id, id, user_id, kind, room_id, at, data)
                    \(numbers) SELECT 'default', '\(user)' || n, '\(user)', 'k', NULL, n, '{}' FROM numbers
                    """)
            }
            // Two keys, of which the first is often the same.
            _ = try await transaction.query(
                """
                INSERT INTO portfolio_holdings (tenant_id, user_id, portfolio_id, symbol, amount)
                \(numbers) SELECT 'default', 'ann', 'p' || (n % 3), 'S' || n, '1' FROM numbers WHERE n <= 5000
                """)
            _ = try await transaction.query(
                """
                INSERT INTO preferences (tenant_id, user_id, time_zone, at) VALUES ('default', 'ann', 'UTC', 1)
                """)
        }
    }

    @Test(
        "what is kept of a person is read to its end, some lines at a time", arguments: StoreDriver.allCases,
        [999, 1000, 100_000])
    func whole(on driver: StoreDriver, limit: Int) async throws {
        let database = try await TestStore.open(on: driver).database
        try await fill(database)
        let repository = PrivacyRepository(database: database)
        var place: PrivacyRepository.ListPlace? = PrivacyRepository.ListPlace()
        var seen: [String: Set<[DatabaseValue]>] = [:]
        var counts: [String: Int] = [:]
        while let next = place {
            let stretch = try await repository.lines(of: PersonKey(user: "ann"), from: next, limit: limit)
            #expect(stretch.lines.count <= limit)
            for line in stretch.lines {
                counts[line.kind, default: 0] += 1
                seen[line.kind, default: []].insert(line.members.map(\.value))
            }
            place = stretch.next
        }
        #expect(counts == ["event": ExportTests.rows, "holding": 5000, "preferences": 1])
        #expect(seen.mapValues(\.count) == counts)
    }

    @Test("of whom nothing is kept there are no lines", arguments: StoreDriver.allCases)
    func nobody(on driver: StoreDriver) async throws {
        let repository = PrivacyRepository(database: try await TestStore.open(on: driver).database)
        let stretch = try await repository.lines(of: PersonKey(user: "ann"), limit: 10)
        #expect(stretch.lines.isEmpty && stretch.next == nil)
    }
}
