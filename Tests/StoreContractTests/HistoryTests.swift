import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Reading messages")
struct HistoryTests {
    /// A room with messages 1…20, every third followed by a reaction, so that seqs of messages have gaps.
    private func filledRoom(_ store: TestStore) async throws -> (room: String, messages: [MessageRecord]) {
        let room = try await store.room()
        var messages: [MessageRecord] = []
        for number in 1...20 {
            let message = try await store.say("\(number)", in: room)
            messages.append(message)
            if number % 3 == 0 {
                _ = await store.perform(.reaction(messageID: message.id, emoji: "👍", added: true), in: room)
            }
        }
        return (room, messages)
    }

    @Test("pages go both ways, leave out their bound and say what is beyond", arguments: StoreDriver.allCases)
    func paging(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let (room, messages) = try await filledRoom(store)
        func page(_ position: HistoryPosition, _ limit: Int) async throws -> ([String], Bool, Bool) {
            let page = try await store.messages.history(room: room, position, limit: limit)
            return (page.messages.map(\.content), page.moreBefore, page.moreAfter)
        }
        let seqs = messages.map(\.seq)
        #expect(try await page(.latest, 3) == (["18", "19", "20"], true, false))
        #expect(try await page(.latest, 100).0.count == 20)
        #expect(try await page(.before(seqs[3]), 2) == (["2", "3"], true, true))
        #expect(try await page(.before(seqs[3]), 3) == (["1", "2", "3"], false, true))
        #expect(try await page(.before(1), 3) == ([], false, true))
        #expect(try await page(.after(seqs[16]), 2) == (["18", "19"], true, true))
        #expect(try await page(.after(seqs[16]), 3) == (["18", "19", "20"], true, false))
        #expect(try await page(.after(.max), 3) == ([], true, false))
        #expect(try await page(.after(0), 1) == (["1"], false, true))
        #expect(try await page(.around(seqs[9]), 4) == (["8", "9", "10", "11"], true, true))
        #expect(try await page(.around(seqs[0]), 4) == (["1", "2", "3", "4"], false, true))
        #expect(try await page(.around(seqs[19]), 4) == (["17", "18", "19", "20"], true, false))
        #expect(try await page(.around(.max), 2) == (["19", "20"], true, false))
    }

    @Test("walking page by page sees every message once", arguments: StoreDriver.allCases)
    func walking(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let (room, messages) = try await filledRoom(store)
        var seen: [String] = []
        var position = HistoryPosition.latest
        while true {
            let page = try await store.messages.history(room: room, position, limit: 6)
            seen = page.messages.map(\.id) + seen
            guard page.moreBefore, let first = page.messages.first else { break }
            position = .before(first.seq)
        }
        #expect(seen == messages.map(\.id))
    }

    @Test(
        "a thread is its first message and the answers, by any message of it", arguments: StoreDriver.allCases
    )
    func thread(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let root = try await store.say("root", in: room)
        _ = try await store.say("aside", in: room)
        let answer = try await store.say("answer", in: room, replyTo: root.id)
        _ = try await store.say("deeper", in: room, replyTo: answer.id)
        for name in [root.id, answer.id] {
            let page = try await store.messages.history(room: room, .latest, limit: 10, thread: name)
            #expect(page.messages.map(\.content) == ["root", "answer", "deeper"])
            #expect(!page.moreBefore && !page.moreAfter)
        }
        let page = try await store.messages.history(room: room, .before(4), limit: 1, thread: root.id)
        #expect(page.messages.map(\.content) == ["answer"])
        #expect(page.moreBefore && page.moreAfter)
        #expect(try await store.messages.history(room: room, limit: 10, thread: "nothing").messages.isEmpty)
    }

    @Test(
        "unread counts others' undeleted messages after the marker, up to 1,000 (CONTRACT 3)",
        arguments: StoreDriver.allCases)
    func unread(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        for number in 1...5 { try await store.say("\(number)", in: room, mentions: ["bob", "bob", "ann"]) }
        let own = try await store.say("mine", by: "bob", in: room)
        #expect(
            try await store.messages.unread(room: room, user: "bob")
                == Unread(readSeq: 0, unread: 5, mentions: 5))
        #expect(try await store.messages.unread(room: room, user: "ann").mentions == 0, "not by oneself")
        #expect(try await store.messages.setReadMarker(room: room, user: "bob", seq: 2) == 2)
        #expect(
            try await store.messages.unread(room: room, user: "bob")
                == Unread(readSeq: 2, unread: 3, mentions: 3))
        #expect(
            try await store.messages.setReadMarker(room: room, user: "bob", seq: 1) == 2, "never backwards")
        #expect(try await store.messages.setReadMarker(room: room, user: "bob", seq: 999) == own.seq)
        #expect(try await store.messages.unread(room: room, user: "bob").unread == 0)
        #expect(try await store.messages.setReadMarker(room: room, user: "cid", seq: -5) == 0)
        await #expect(throws: StorageError.self) {
            try await store.messages.setReadMarker(room: "nowhere", user: "bob", seq: 1)
        }
        for number in 0..<1010 {
            let message = NewMessage(id: Identifier.uuid(), content: "\(number)")
            let author = Author(id: "dan", name: "Dan")
            #expect(store.log.append(AppendRequest(room: room, actor: author, act: .message(message))))
        }
        await store.log.drain()
        #expect(try await store.messages.unread(room: room, user: "bob").unread == 1000)
    }

    @Test(
        "a replay has every event after a position, in order, up to its limit",
        arguments: StoreDriver.allCases)
    func events(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let (room, _) = try await filledRoom(store)
        #expect(
            try await store.messages.events(room: room, after: 20, limit: 100).map(\.seq) == Array(21...26))
        #expect(
            try await store.messages.events(room: room, after: 3, through: 9, limit: 4).map(\.seq)
                == [4, 5, 6, 7])
        #expect(try await store.messages.events(room: room, after: 26, limit: 4).isEmpty)
    }
}

@Suite("Bounds of what is asked for")
struct LimitTests {
    @Test(
        "absurd limits and positions are harmless", arguments: [Int.min, -1, 0, 1, Int.max],
        StoreDriver.allCases)
    func limits(limit: Int, on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        try await store.say("x", in: room)
        for seq in [Int64.min, -1, 0, 1, .max] {
            for position in [HistoryPosition.before(seq), .after(seq), .around(seq), .latest] {
                _ = try await store.messages.history(room: room, position, limit: limit)
            }
            _ = try await store.messages.events(room: room, after: seq, through: seq, limit: limit)
            _ = try await store.messages.search(room: room, "x", before: seq, limit: limit)
            _ = try await store.messages.setReadMarker(room: room, user: "ann", seq: seq)
            _ = try await store.rooms.joinView(
                room: room, user: "ann", history: limit, after: ReplayPosition(epoch: "", seq: seq),
                missedLimit: limit)
        }
        _ = try await store.rooms.list(limit: limit, visibleTo: "ann")
        _ = try await store.rooms.members(room, limit: limit)
        _ = try await store.rooms.rooms(of: "ann", limit: limit)
        _ = try await store.rooms.bans(room, limit: limit)
        _ = try await store.rooms.reports(room, limit: limit)
        _ = try await store.rooms.invitations(room, limit: limit)
        _ = try await store.rooms.auditLog(limit: limit)
    }

    @Test(
        "an absurd retention keeps or deletes, never wraps round", arguments: [Int.max, Int.min],
        StoreDriver.allCases)
    func retention(days: Int, on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = RoomRecord(name: "x", creatorID: "ann", retentionDays: days)
        _ = try await store.rooms.create(room, creatorName: "Ann")
        try await store.say("x", in: room.id, at: Timestamp(milliseconds: 1000))
        let count = try await RetentionJob(database: store.database).run(now: Timestamp(milliseconds: 2000))
        #expect(count == (days < 0 ? 1 : 0))
    }
}
