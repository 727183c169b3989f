import StoreTesting
import Testing

@testable import Storage

@Suite("SQLite's plans")
struct PlanTests {
    @Test(
        "what is asked often reads an index that fits it",
        arguments: [
            (MessageSQL.older, "COVERING INDEX events_messages"),
            (MessageSQL.newer, "COVERING INDEX events_messages"),
            (MessageSQL.olderInThread, "COVERING INDEX events_threads"),
            (MessageSQL.byID, "INDEX events_by_message"),
            (MessageSQL.pinned, "INDEX events_pinned"),
            (MessageSQL.lastMessage, "COVERING INDEX events_messages"),
            (MessageSQL.unread, "COVERING INDEX events_messages"), (MessageSQL.bySeq, "PRIMARY KEY"),
            (MessageSQL.events, "PRIMARY KEY (tenant_id=? AND room_id=? AND seq>? AND seq<?)"),
            (
                "SELECT name FROM members WHERE tenant_id = $1 AND room_id = $2 AND name_key = $3 LIMIT 100",
                "INDEX members_by_name"
            ),
        ])
    func plan(sql: String, expected: String) async throws {
        let store = try await TestStore.open()
        let plan = try await store.database.read { (transaction) async throws(StorageError) in
            try await transaction.query("EXPLAIN QUERY PLAN " + sql)
        }
        #expect("\(plan)".contains(expected))
    }
}
