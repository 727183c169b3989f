import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("Progress in the store (A11, C5)")
struct ProgressStoreTests {
    private static let at = Timestamp(milliseconds: 1_763_712_000_000)

    private func line(_ user: String, _ amount: Int64, _ key: String, room: String? = nil) -> LedgerRecord {
        LedgerRecord(
            user: user, amount: amount, reason: "challenge", key: key, room: room, at: ProgressStoreTests.at)
    }

    private func change(
        _ progress: ProgressRepository, _ lines: [LedgerRecord]
    ) async throws -> ProgressChange {
        let view = try await progress.view(of: lines.map(\.user))
        var change = ProgressChange(version: view.version)
        for user in Set(lines.map(\.user)).sorted() {
            change.people.append(view.people[user] ?? ProgressPersonRecord(user: user, name: user))
            change.people[change.people.count - 1].name = user.uppercased()
        }
        change.lines = lines
        return change
    }

    @Test("what follows from an old view is not written", arguments: StoreDriver.allCases)
    func once(on driver: StoreDriver) async throws {
        let progress = ProgressRepository(database: try await TestStore.open(on: driver).database)
        let first = try await change(progress, [line("ann", 25, "a")])
        let second = try await change(progress, [line("ann", 25, "b")])
        #expect(try await progress.commit(first))
        #expect(try await !progress.commit(second))
        #expect(try await progress.view(of: ["ann"]).people["ann"]?.experience == 25)
        #expect(try await progress.ledger(after: 0, limit: 10).lines.map(\.line.key) == ["a"])
    }

    @Test("of many who write at a time each is counted", arguments: StoreDriver.allCases)
    func racing(on driver: StoreDriver) async throws {
        let progress = ProgressRepository(database: try await TestStore.open(on: driver).database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    while try await !progress.commit(
                        try await change(progress, [line("ann", 10, "k\(number)")]))
                    {}
                }
            }
            try await group.waitForAll()
        }
        let lines = try await progress.ledger(after: 0, limit: 100).lines
        #expect(lines.map(\.line.seq) == Array(1...8))
        #expect(try await progress.view(of: ["ann"]).people["ann"]?.experience == 80)
    }

    @Test("all of a person comes back as it was written", arguments: StoreDriver.allCases)
    func person(on driver: StoreDriver) async throws {
        let progress = ProgressRepository(database: try await TestStore.open(on: driver).database)
        var change = try await change(progress, [line("ann", 25, "a", room: "r")])
        change.people[0].streakDays = 3
        change.people[0].streakAt = ProgressStoreTests.at
        change.people[0].streakDay = 20_000
        let parts = ["p", "q"].map { ProgressPartRecord(achievement: $0, version: 2, state: "[\"5\"]") }
        change.parts = parts.map { ("ann", $0) }
        change.events = [
            ProgressEventRecord(
                id: "e", user: "ann", kind: "k", room: nil, at: ProgressStoreTests.at, data: "{}")
        ]
        change.positions = ["r": 7]
        #expect(try await progress.commit(change))
        let earned = EarnedRecord(
            achievement: "p", version: 2, at: ProgressStoreTests.at, experience: 5, room: "r")
        var next = ProgressChange(version: try await progress.view().version)
        next.earned = [("ann", earned)]
        #expect(try await progress.commit(next))
        let view = try await progress.view(of: ["ann", "bob"], events: ["e", "f"])
        var wanted = change.people[0]
        wanted.experience = 25
        // What is earned has no progress any more.
        wanted.parts = [parts[1]]
        wanted.earned = [earned]
        #expect(view.people["ann"] == wanted)
        #expect(view.people["bob"] == ProgressPersonRecord(user: "bob", name: ""))
        #expect(view.knownEvents == ["e"])
        #expect(try await progress.pastEvents(kinds: ["k", "l"], limit: 5) == change.events)
    }

    @Test("boards are the ledger's sums, and are made anew from it", arguments: StoreDriver.allCases)
    func boards(on driver: StoreDriver) async throws {
        let database = try await TestStore.open(on: driver).database
        let progress = ProgressRepository(database: database)
        let lines = [
            line("ann", 25, "a", room: "r"), line("bob", 50, "a"), line("ann", 30, "b", room: "s"),
        ]
        #expect(try await progress.commit(try await change(progress, lines)))
        let month = LedgerRecord.month(of: ProgressStoreTests.at)
        #expect(month == "2025-11")
        for board in ["", month] {
            let (entries, ledger) = try await progress.board(board)
            #expect(ledger == 3)
            #expect(
                Set(entries) == [
                    BoardRecord(user: "ann", name: "ANN", experience: 55, since: 3),
                    BoardRecord(user: "bob", name: "BOB", experience: 50, since: 2),
                ])
        }
        #expect(try await progress.board("room:r").entries.map(\.experience) == [25])
        #expect(try await progress.rebuild() == 0)
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "UPDATE xp_boards SET xp = 1 WHERE user_id = 'ann' AND board = ''")
            _ = try await transaction.query("UPDATE progress_people SET xp = 1 WHERE user_id = 'bob'")
            _ = try await transaction.query("DELETE FROM xp_boards WHERE board = 'room:s'")
            _ = try await transaction.query(
                "INSERT INTO xp_boards (tenant_id, board, user_id, xp, since) VALUES ('default', 'x', 'y', 1, 1)"
            )
        }
        let erasures = try await progress.ledger(after: 0, limit: 1).erasures
        #expect(try await progress.rebuild(of: "bob") == 1)
        #expect(try await progress.rebuild() == 3)
        // Whoever has the sums in memory reads them anew.
        #expect(try await progress.ledger(after: 0, limit: 1).erasures == erasures + 2)
        #expect(try await progress.rebuild() == 0)
        #expect(try await progress.board("").entries.map(\.experience).sorted() == [50, 55])
    }

    @Test("a line counts once by its key", arguments: StoreDriver.allCases)
    func keys(on driver: StoreDriver) async throws {
        let progress = ProgressRepository(database: try await TestStore.open(on: driver).database)
        #expect(try await progress.commit(try await change(progress, [line("ann", 25, "a")])))
        let again = try await change(progress, [line("ann", 25, "a")])
        await #expect(throws: StorageError.self) { _ = try await progress.commit(again) }
        #expect(try await progress.view(of: ["ann"]).people["ann"]?.experience == 25)
    }

    @Test("achievements have versions; one that is deleted may come again", arguments: StoreDriver.allCases)
    func versions(on driver: StoreDriver) async throws {
        let progress = ProgressRepository(database: try await TestStore.open(on: driver).database)
        var record = AchievementRecord(
            id: "a", name: "A", description: "", experience: 5, rarity: "rare", rule: "{}", mint: "m",
            at: ProgressStoreTests.at)
        #expect(try await progress.save(record, new: false, limit: 2) == .refused)
        #expect(try await progress.save(record, new: true, limit: 2) == .saved(record))
        #expect(try await progress.save(record, new: true, limit: 2) == .refused)
        #expect(try await progress.achievements() == [record])
        record.active = false
        record.version = 2
        #expect(try await progress.save(record, new: false, limit: 2) == .saved(record))
        #expect(try await progress.versions(of: "a").map(\.version) == [2, 1])
        #expect(try await progress.delete("a"))
        #expect(try await !progress.delete("a"))
        #expect(try await progress.achievements().isEmpty)
        #expect(try await progress.versions(of: "a").isEmpty)
        record.version = 4
        #expect(try await progress.save(record, new: true, limit: 1) == .saved(record))
        record.id = "b"
        #expect(try await progress.save(record, new: true, limit: 1) == .full)
        #expect(try await progress.view().catalogue == 4)
    }

    @Test("rooms' events are read by position, programs' and edits left out", arguments: StoreDriver.allCases)
    func rooms(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let progress = ProgressRepository(database: store.database)
        let room = try await store.room()
        let message = try await store.say("one", in: room).id
        _ = await store.perform(
            .edit(messageID: message, content: "two", mentions: [], byModerator: false), in: room)
        for isAdded in [true, false] {
            _ = await store.perform(
                .reaction(messageID: message, emoji: "x", added: isAdded), by: "bob", in: room)
        }
        let backlog = try #require(try await progress.backlogs().first)
        #expect(backlog == RoomBacklog(room: room, seq: 0, head: 4))
        #expect(try await progress.backlogs(of: [room, "other"]) == [backlog])
        let first = try await progress.stretch(backlog, limit: 2)
        #expect(first.activities.map(\.user) == ["ann"] && first.end == 2)
        let rest = try await progress.stretch(RoomBacklog(room: room, seq: 2, head: 4), limit: 10)
        #expect(rest.activities.map(\.emoji) == ["x"] && rest.end == 4)
        var change = ProgressChange(version: try await progress.view().version)
        change.positions = [room: 4]
        #expect(try await progress.commit(change))
        #expect(try await progress.backlogs().isEmpty)
        let joins = try await progress.joins(since: Timestamp(milliseconds: 0), limit: 10)
        #expect(joins.map(\.room) == [room])
        let last = try #require(joins.last)
        #expect(try await progress.joins(since: last.at, after: (last.room, last.user), limit: 10).isEmpty)
    }
}
