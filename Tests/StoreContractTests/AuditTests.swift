import Bytes
import Storage
import StoreTesting
import Testing

@Suite("The record")
struct AuditTests {
    private static func record(_ at: Int64, _ actor: String, _ action: String) -> AuditRecord {
        AuditRecord(at: Timestamp(milliseconds: at), actor: actor, action: action)
    }

    @Test("nothing changes or deletes a line of the record but its age (F5)", arguments: StoreDriver.allCases)
    func appendOnly(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let audit = AuditRepository(database: store.database)
        try await audit.add([
            AuditTests.record(1, "ann", "ban.add"), AuditTests.record(2, "bob", "ban.remove"),
        ])
        for statement in [
            "UPDATE audit SET actor_id = 'eve'", "DELETE FROM audit", "DELETE FROM audit WHERE at = 2",
            "UPDATE audit SET count = count",
        ] {
            await #expect(throws: StorageError.self, "\(statement)") {
                try await store.database.write { (transaction) async throws(StorageError) in
                    _ = try await transaction.query(statement)
                }
            }
        }
        #expect(try await audit.lines(AuditFilter(), after: "", limit: 10).map(\.actor) == ["ann", "bob"])
        #expect(try await audit.forget(before: Timestamp(milliseconds: 2)) == 1)
        #expect(try await audit.lines(AuditFilter(), after: "", limit: 10).map(\.actor) == ["bob"])
        // The door does not open wider by itself, and does not close behind what is older.
        #expect(try await audit.forget(before: Timestamp(milliseconds: 1)) == 0)
    }

    @Test(
        "lines are found by each of their parts, in both orders, page by page",
        arguments: StoreDriver.allCases)
    func filters(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let audit = AuditRepository(database: store.database)
        try await audit.add(
            (1...6).map { AuditTests.record($0, $0 % 2 == 0 ? "ann" : "bob", $0 < 4 ? "ban.add" : "key.add") }
        )
        var filter = AuditFilter()
        filter.actor = "ann"
        #expect(try await audit.lines(filter, after: "", limit: 10).map(\.at.milliseconds) == [2, 4, 6])
        filter.action = "ban."
        #expect(try await audit.lines(filter, after: "", limit: 10).map(\.at.milliseconds) == [2])
        filter = AuditFilter()
        filter.since = Timestamp(milliseconds: 3)
        filter.until = Timestamp(milliseconds: 6)
        let page = try await audit.page(filter, cursor: nil, limit: 2)
        #expect(page.items.map(\.at.milliseconds) == [5, 4])
        let rest = try await audit.page(filter, cursor: page.cursor, limit: 2)
        #expect(rest.items.map(\.at.milliseconds) == [3])
        #expect(rest.cursor == nil)
        let first = try await audit.lines(AuditFilter(), after: "", limit: 4)
        let others = try await audit.lines(AuditFilter(), after: first[3].id, limit: 4)
        #expect(others.map(\.at.milliseconds) == [5, 6])
    }
}
