import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Searching")
struct SearchTests {
    private func texts(_ store: TestStore, _ room: String, _ query: String) async throws -> [String] {
        try await store.messages.search(room: room, query, limit: 50).messages.map(\.content)
    }

    @Test(
        "words are found whatever their case and accents, the last one by its beginning",
        arguments: StoreDriver.allCases)
    func words(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
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
        ], StoreDriver.allCases)
    func hostileQueries(query: String, on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        try await store.say("near and or not x", in: room)
        _ = try await store.messages.search(room: room, query, limit: 10)
    }

    @Test(
        "it keeps to the room, follows edits and deletions, and pages backwards",
        arguments: StoreDriver.allCases)
    func following(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
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
