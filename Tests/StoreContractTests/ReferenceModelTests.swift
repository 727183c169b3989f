import Bytes
import Storage
import StoreTesting
import Testing

@Suite("The store against a model")
struct ReferenceModelTests {
    private static let users = ["ann", "bob", "cid", "dan"]

    /// An act about messages that mostly exist.
    private func act(_ ids: [String], _ random: inout SeededGenerator) -> Act {
        let known = ids.randomElement(using: &random) ?? "nothing"
        let id = Int.random(in: 0..<20, using: &random) == 0 ? "nothing" : known
        let mentions = Self.users.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
        let text =
            ["a", "b", "word \(Int.random(in: 0..<5, using: &random))"].randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<5:
            let isReply = !ids.isEmpty && Int.random(in: 0..<3, using: &random) == 0
            let key =
                Int.random(in: 0..<3, using: &random) == 0 ? "k\(Int.random(in: 0..<8, using: &random))" : nil
            return .message(
                NewMessage(
                    id: Identifier.uuid(), content: text, replyTo: isReply ? id : nil, mentions: mentions,
                    clientID: key))
        case 5, 6:
            return .edit(
                messageID: id, content: text, mentions: mentions, byModerator: Bool.random(using: &random))
        case 7: return .delete(messageID: id, byModerator: Bool.random(using: &random))
        case 8: return .pin(messageID: id, Bool.random(using: &random))
        default:
            let emoji = ["👍", "🎉", "👀", "e\u{301}", "🙏"].randomElement(using: &random) ?? "👍"
            return .reaction(messageID: id, emoji: emoji, added: Int.random(in: 0..<3, using: &random) > 0)
        }
    }

    @Test(
        "random acts end as the model says, in outcome, history, replay and counts", arguments: 1...6,
        StoreDriver.allCases)
    func agrees(seed: Int, on driver: StoreDriver) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var limits = MessageLogLimits()
        limits.emojiPerMessage = 3
        limits.appendsPerTransaction = [1, 7, 512][seed % 3]
        let store = try await TestStore.open(on: driver, limits: limits)
        var models = [
            ReferenceModel(room: try await store.room("one")),
            ReferenceModel(room: try await store.room("two")),
        ]
        var expected: [AppendOutcome] = []
        for step in 0..<400 {
            let index = Int.random(in: 0..<2, using: &random)
            let user = Self.users.randomElement(using: &random) ?? "ann"
            let request = AppendRequest(
                room: models[index].room, actor: Author(id: user, name: user),
                act: act(models[index].messages.map(\.id), &random), ticket: UInt64(step),
                at: Timestamp(milliseconds: Int64(step)))
            expected.append(models[index].apply(request))
            #expect(store.log.append(request))
        }
        await store.log.drain()
        let outcomes = store.results.all.map(\.outcome)
        #expect(outcomes.count == expected.count)
        for (step, pair) in zip(outcomes, expected).enumerated() where pair.0 != pair.1 {
            Issue.record("step \(step): \(pair.0) is not \(pair.1)")
        }
        for model in models { try await compare(store, model) }
    }

    private func compare(_ store: TestStore, _ model: ReferenceModel) async throws {
        let history = try await store.messages.history(room: model.room, limit: 1000)
        #expect(history.messages == model.history)
        #expect(try await store.messages.events(room: model.room, after: 0, limit: 1000) == model.events)
        #expect(try await store.rooms.head(model.room)?.seq == model.seq)
        #expect(try await store.messages.pins(room: model.room) == model.history.filter(\.pinned))
        for user in Self.users {
            #expect(
                try await store.messages.unread(room: model.room, user: user) == model.unread(user, after: 0))
            let seq = try await store.messages.setReadMarker(room: model.room, user: user, seq: model.seq / 2)
            #expect(
                try await store.messages.unread(room: model.room, user: user)
                    == model.unread(user, after: seq))
        }
        for word in ["a", "word", "b"] {
            let found = try await store.messages.search(room: model.room, word, limit: 1000).messages
            let matching = model.history.filter { message in
                message.content.split(separator: " ").contains {
                    word.count == 1 ? $0 == word : $0.hasPrefix(word)
                }
            }
            #expect(found == matching)
        }
    }
}
