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

    @Test("pages go both ways, leave out their bound and say what is beyond")
    func paging() async throws {
        let store = try await TestStore.open()
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

    @Test("walking page by page sees every message once")
    func walking() async throws {
        let store = try await TestStore.open()
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

    @Test("a thread is its first message and the answers, by any message of it")
    func thread() async throws {
        let store = try await TestStore.open()
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

    @Test("unread counts others' undeleted messages after the marker, up to 1,000 (CONTRACT 3)")
    func unread() async throws {
        let store = try await TestStore.open()
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

    @Test("a replay has every event after a position, in order, up to its limit")
    func events() async throws {
        let store = try await TestStore.open()
        let (room, _) = try await filledRoom(store)
        #expect(
            try await store.messages.events(room: room, after: 20, limit: 100).map(\.seq) == Array(21...26))
        #expect(
            try await store.messages.events(room: room, after: 3, through: 9, limit: 4).map(\.seq)
                == [4, 5, 6, 7])
        #expect(try await store.messages.events(room: room, after: 26, limit: 4).isEmpty)
    }
}

@Suite("Searching")
struct SearchTests {
    private func texts(_ store: TestStore, _ room: String, _ query: String) async throws -> [String] {
        try await store.messages.search(room: room, query, limit: 50).messages.map(\.content)
    }

    @Test("words are found whatever their case and accents, the last one by its beginning")
    func words() async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        for text in ["The Café is open", "caffeine", "cafe closed", "Straße", "数学は楽しい", "go 🎉 go"] {
            try await store.say(text, in: room)
        }
        #expect(try await texts(store, room, "CAFE") == ["The Café is open", "cafe closed"])
        #expect(try await texts(store, room, "caf") == ["The Café is open", "caffeine", "cafe closed"])
        #expect(try await texts(store, room, "caf ").isEmpty, "a finished word is no beginning")
        #expect(try await texts(store, room, "open café") == ["The Café is open"])
        #expect(try await texts(store, room, "数学") == ["数学は楽しい"])
        #expect(try await texts(store, room, "楽しい") == ["数学は楽しい"])
        #expect(try await texts(store, room, "学数").isEmpty)
        #expect(try await texts(store, room, "🎉") == ["go 🎉 go"])
    }

    @Test(
        "what people type is never syntax",
        arguments: [
            "\"", "\"\"\"", "*", "a*", "NEAR(a b)", "text:x", "a AND b OR NOT c", "(", "^x", "-x", "{a b}:c",
            "'; DROP",
            "\u{0}", "   ", "", "a\u{0}b", "++", String(repeating: "x ", count: 500), "\\", "!!!", "數\"學*",
        ])
    func hostileQueries(query: String) async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        try await store.say("near and or not x", in: room)
        _ = try await store.messages.search(room: room, query, limit: 10)
    }

    @Test("it keeps to the room, follows edits and deletions, and pages backwards")
    func following() async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        try await store.say("shared word", in: try await store.room("other"))
        var sent: [MessageRecord] = []
        for number in 1...5 { sent.append(try await store.say("word \(number)", in: room)) }
        _ = await store.perform(
            .edit(messageID: sent[1].id, content: "other", mentions: [], byModerator: false), in: room)
        _ = await store.perform(.delete(messageID: sent[2].id, byModerator: false), in: room)
        #expect(try await texts(store, room, "word") == ["word 1", "word 4", "word 5"])
        #expect(try await texts(store, room, "other") == ["other"])
        let page = try await store.messages.search(room: room, "word", limit: 2)
        #expect(page.messages.map(\.content) == ["word 4", "word 5"] && page.moreBefore)
        let before = try await store.messages.search(room: room, "word", before: sent[3].seq, limit: 2)
        #expect(before.messages.map(\.content) == ["word 1"] && !before.moreBefore)
    }
}
